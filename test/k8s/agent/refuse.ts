import type { V1Container, V1Node, V1Pod } from "@kubernetes/client-node";

/** Why a kubelet would not run this pod; null where it would. What the API server refuses by itself is not looked at again. */
export function refuse(pod: V1Pod, node: V1Node): { reason: string; message: string } | null {
  const labels = node.metadata?.labels ?? {};
  for (const [name, value] of Object.entries(pod.spec?.nodeSelector ?? {})) {
    if (labels[name] !== value) return { reason: "NodeAffinity", message: `node has no label ${name}=${value}` };
  }
  for (const taint of node.spec?.taints ?? []) {
    const tolerated = pod.spec?.tolerations?.some(
      (one) => (!one.key || one.key === taint.key) && (one.operator === "Exists" || one.value === taint.value),
    );
    if (taint.effect === "NoExecute" && !tolerated) return { reason: "TaintToleration", message: `taint ${taint.key} is not tolerated` };
  }
  for (const container of pod.spec?.containers ?? []) {
    const wrong = wrongResources(container, node) ?? wrongMounts(container, pod);
    if (wrong) return { reason: "UnexpectedAdmissionError", message: `container ${container.name}: ${wrong}` };
  }
  return null;
}

function wrongResources({ resources }: V1Container, node: V1Node): string | null {
  for (const [name, amount] of Object.entries(resources?.limits ?? {})) {
    if (!name.includes("/")) continue;
    if (resources?.requests?.[name] !== amount) return `requests and limits of ${name} differ`;
    if (Number(amount) > Number(node.status?.allocatable?.[name] ?? 0)) return `node has not ${amount} of ${name}`;
  }
  return null;
}

function wrongMounts({ volumeMounts = [] }: V1Container, pod: V1Pod): string | null {
  const volumes = new Set(pod.spec?.volumes?.map((volume) => volume.name));
  const missing = volumeMounts.find((mount) => !volumes.has(mount.name));
  return missing ? `volume ${missing.name} is not there` : null;
}

/** Whether an image's name can be read at all. */
export function isImageName(image: string): boolean {
  return /^[a-z0-9]+([._-][a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/.test(image);
}
