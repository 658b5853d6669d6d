/** Addresses of the API for the kinds that this driver touches. */
export function apiPaths(namespace: string) {
  const core = `/api/v1/namespaces/${namespace}`;
  return {
    version: "/version",
    namespace: core,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    pods: `${core}/pods`,
    services: `${core}/services`,
    secrets: `${core}/secrets`,
    claims: `${core}/persistentvolumeclaims`,
    policyVersions: "/apis/policy",
    budgets: (apiVersion: string) => `/apis/${apiVersion}/namespaces/${namespace}/poddisruptionbudgets`,
  };
}

export type ApiPaths = ReturnType<typeof apiPaths>;
