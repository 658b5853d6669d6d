/** Marks on everything that is made here. What lacks one of the first two is another's and stays untouched. */
export const labels = {
  manager: "app.kubernetes.io/managed-by",
  region: "hydra/region",
  service: "hydra/service",
  instance: "hydra/instance",
  run: "hydra/run",
} as const;

/** Holds the whole nonce, which is too long for a label. */
export const nonceAnnotation = "hydra/nonce";
export const managerName = "hydra";
export const containerName = "engine";

/** Selects what belongs to a region, and so to this installation: region ids are random. */
export function ownSelector(regionId: string): string {
  return `${labels.manager}=${managerName},${labels.region}=${regionId}`;
}

/** Name of the Deployment of an instance. */
export function instanceName(instanceId: string): string {
  return objectName("i", instanceId);
}

/**
 * Name of the Secret and the Service of one run. Those of an earlier run go with its Deployment: of the same name, the garbage
 * collector could take them away from the next one.
 */
export function runName(instanceId: string, nonce: string): string {
  return `${instanceName(instanceId)}-${nonce.slice(0, 8).toLowerCase()}`;
}

/** Name of what the instances of a service share. */
export function serviceName(serviceId: string): string {
  return objectName("s", serviceId);
}

export function runLabel(nonce: string): string {
  return nonce.slice(0, 32);
}

function objectName(kind: string, id: string): string {
  return `hydra-${kind}-${id.replace(/^[a-z]+_/, "").toLowerCase()}`.replace(/[^a-z0-9-]/g, "-");
}
