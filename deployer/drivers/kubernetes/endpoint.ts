import type { V1Pod, V1Service } from "@kubernetes/client-node";
import type { KubernetesSettings } from "./settings.ts";
import { enginePort } from "./vllm.ts";

/** Base address of an instance as gateways reach it; null while the cluster has not given it one. Pure. */
export function endpointOf(reach: KubernetesSettings["reach"], serviceName: string, pod: V1Pod, service: V1Service | null): string | null {
  switch (reach.kind) {
    case "pod":
      return pod.status?.podIP ? `http://${host(pod.status.podIP)}:${enginePort}` : null;
    case "nodePort": {
      const address = reach.address ?? pod.status?.hostIP;
      const port = service?.spec?.ports?.[0]?.nodePort;
      return address && port ? `http://${host(address)}:${port}` : null;
    }
    case "loadBalancer": {
      const given = service?.status?.loadBalancer?.ingress?.[0];
      const address = given?.ip ?? given?.hostname;
      return address ? `http://${host(address)}:${enginePort}` : null;
    }
    case "gateway":
      return reach.url.replaceAll("{name}", serviceName);
  }
}

function host(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
