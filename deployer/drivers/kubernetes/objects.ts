import type {
  V1Container,
  V1Deployment,
  V1EnvVar,
  V1OwnerReference,
  V1PersistentVolumeClaim,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1Secret,
  V1Service,
  V1Toleration,
} from "@kubernetes/client-node";
import type { InstanceRef, InstanceSpec } from "../driver.ts";
import { containerName, instanceName, labels, managerName, nonceAnnotation, runLabel, runName, serviceName } from "./names.ts";
import type { KubernetesSettings } from "./settings.ts";
import { drainSeconds, enginePort, vllmCommand, weightsBytes, weightsDir } from "./vllm.ts";

/** Between a pod's removal and SIGTERM, so that gateways stop calling one whose removal nobody here asked for. */
const noticeSeconds = 1;
/** Loading hundreds of gigabytes takes its time; until then liveness does not count. */
const startLimitSeconds = 3_600;
/** A node that is silent for so long loses its pods. Kubernetes' own default is 300. */
const nodeLostSeconds = 10;

export interface Wanted {
  ref: InstanceRef & { nonce: string };
  spec: InstanceSpec;
  settings: KubernetesSettings;
}

/** One instance: a Deployment of one pod. `Recreate`, because two at once would need the GPUs of two. */
export function deploymentOf({ ref, spec, settings }: Wanted): V1Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: instanceName(ref.instanceId),
      namespace: settings.namespace,
      labels: { ...instanceLabels(ref, spec), [labels.run]: runLabel(ref.nonce) },
      annotations: { [nonceAnnotation]: ref.nonce, "hydra/access-name": spec.accessName },
    },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      revisionHistoryLimit: 0,
      selector: { matchLabels: { [labels.instance]: ref.instanceId, [labels.region]: spec.region.id } },
      template: podTemplate({ ref, spec, settings }),
    },
  };
}

export function secretOf({ ref, spec, settings }: Wanted, owner: V1OwnerReference): V1Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { ...ownedName(ref, spec, settings), ownerReferences: [owner] },
    type: "Opaque",
    data: { token: Buffer.from(ref.token).toString("base64"), nonce: Buffer.from(ref.nonce).toString("base64") },
  };
}

/** An address of its own for each instance, because the gateway chooses among instances itself. */
export function serviceOf({ ref, spec, settings }: Wanted, owner: V1OwnerReference): V1Service {
  const types = { pod: "ClusterIP", gateway: "ClusterIP", nodePort: "NodePort", loadBalancer: "LoadBalancer" } as const;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...ownedName(ref, spec, settings), ownerReferences: [owner] },
    spec: {
      type: types[settings.reach.kind],
      selector: { [labels.run]: runLabel(ref.nonce), [labels.instance]: ref.instanceId, [labels.region]: spec.region.id },
      ports: [{ name: "http", port: enginePort, targetPort: enginePort, protocol: "TCP" }],
    },
  };
}

/** Lets a drain of nodes take one pod of a service at a time. `policy/v1`, or `policy/v1beta1` before Kubernetes 1.21. */
export function disruptionBudgetOf({ spec, settings }: Wanted, apiVersion: string) {
  return {
    apiVersion,
    kind: "PodDisruptionBudget",
    metadata: { name: serviceName(spec.serviceId), namespace: settings.namespace, labels: serviceLabels(spec) },
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: { [labels.service]: spec.serviceId, [labels.region]: spec.region.id } },
    },
  };
}

/** Null where the region has one claim for all, or none. */
export function weightsClaimOf({ spec, settings }: Wanted): V1PersistentVolumeClaim | null {
  const { weights } = settings;
  if (weights === null || "claim" in weights) return null;
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: serviceName(spec.serviceId), namespace: settings.namespace, labels: serviceLabels(spec) },
    spec: {
      accessModes: [weights.accessMode],
      ...(weights.storageClass === null ? {} : { storageClassName: weights.storageClass }),
      resources: { requests: { storage: String(weightsBytes(spec)) } },
    },
  };
}

function serviceLabels(spec: InstanceSpec): Record<string, string> {
  return { [labels.manager]: managerName, [labels.region]: spec.region.id, [labels.service]: spec.serviceId };
}

function instanceLabels(ref: InstanceRef, spec: InstanceSpec): Record<string, string> {
  return { ...serviceLabels(spec), [labels.service]: ref.serviceId, [labels.instance]: ref.instanceId };
}

function ownedName(ref: Wanted["ref"], spec: InstanceSpec, settings: KubernetesSettings) {
  return { name: runName(ref.instanceId, ref.nonce), namespace: settings.namespace, labels: instanceLabels(ref, spec) };
}

function podTemplate({ ref, spec, settings }: Wanted): V1PodTemplateSpec {
  return {
    metadata: {
      labels: { ...instanceLabels(ref, spec), [labels.run]: runLabel(ref.nonce) },
      annotations: { [nonceAnnotation]: ref.nonce },
    },
    spec: podSpec({ ref, spec, settings }),
  };
}

function podSpec(wanted: Wanted): V1PodSpec {
  const { spec, settings } = wanted;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: noticeSeconds + drainSeconds + 2,
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    ...(settings.imagePullSecrets.length > 0 ? { imagePullSecrets: settings.imagePullSecrets.map((name) => ({ name })) } : {}),
    nodeSelector: { ...settings.nodeSelector, ...gpuSelector(spec, settings) },
    tolerations: tolerationsOf(spec, settings),
    containers: [container(wanted)],
    volumes: [
      { name: "weights", ...weightsVolume(wanted) },
      // Processes of one engine that share a model's layers talk through shared memory.
      { name: "shared-memory", emptyDir: { medium: "Memory" } },
    ],
  };
}

function container({ ref, spec, settings }: Wanted): V1Container {
  const { image, command, args } = vllmCommand(spec, settings);
  const { cpuMilli, memoryBytes, gpuCount } = spec.resources;
  const memory = String(memoryBytes);
  const gpus = gpuCount > 0 ? { [settings.gpu.resource]: String(gpuCount) } : {};
  return {
    name: containerName,
    image,
    command,
    args,
    env: environment(ref, settings, spec),
    ports: [{ name: "http", containerPort: enginePort, protocol: "TCP" }],
    resources: { requests: { cpu: `${cpuMilli}m`, memory, ...gpus }, limits: { memory, ...gpus } },
    startupProbe: probe({ periodSeconds: 1, failureThreshold: startLimitSeconds }),
    readinessProbe: probe({ periodSeconds: 1, failureThreshold: 3 }),
    livenessProbe: probe({ periodSeconds: 10, failureThreshold: 6 }),
    lifecycle: { preStop: { exec: { command: ["sleep", String(noticeSeconds)] } } },
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    volumeMounts: [
      { name: "weights", mountPath: weightsDir },
      { name: "shared-memory", mountPath: "/dev/shm" },
    ],
  };
}

function probe(timing: Pick<V1Probe, "periodSeconds" | "failureThreshold">): V1Probe {
  return { httpGet: { path: "/health", port: enginePort, scheme: "HTTP" }, timeoutSeconds: 2, ...timing };
}

function environment(ref: Wanted["ref"], { hub }: KubernetesSettings, spec: InstanceSpec): V1EnvVar[] {
  const plain = Object.entries({
    HF_HOME: weightsDir,
    ...(hub.endpoint === null ? {} : { HF_ENDPOINT: hub.endpoint }),
    ...(spec.weights?.hub === "modelscope" ? { VLLM_USE_MODELSCOPE: "True", MODELSCOPE_CACHE: weightsDir } : {}),
  }).map(([name, value]) => ({ name, value }));
  const fromSecret = (name: string, secret: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: "token" } } });
  return [
    fromSecret("VLLM_API_KEY", runName(ref.instanceId, ref.nonce)),
    ...(hub.tokenSecret === null ? [] : [fromSecret("HF_TOKEN", hub.tokenSecret)]),
    ...plain,
  ];
}

function weightsVolume({ spec, settings }: Wanted) {
  if (settings.weights === null) return { emptyDir: {} };
  const claimName = "claim" in settings.weights ? settings.weights.claim : serviceName(spec.serviceId);
  return { persistentVolumeClaim: { claimName } };
}

function gpuSelector({ resources }: InstanceSpec, { gpu }: KubernetesSettings): Record<string, string> {
  return resources.gpuModel !== null && gpu.modelLabel !== null ? { [gpu.modelLabel]: resources.gpuModel } : {};
}

function tolerationsOf({ resources }: InstanceSpec, { tolerations, gpu }: KubernetesSettings): V1Toleration[] {
  const lost = ["not-ready", "unreachable"].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: nodeLostSeconds,
  }));
  const gpus = resources.gpuCount > 0 ? [{ key: gpu.resource, operator: "Exists", effect: "NoSchedule" }] : [];
  return [...lost, ...gpus, ...tolerations];
}
