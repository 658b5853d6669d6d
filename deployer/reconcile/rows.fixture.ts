import type { InstanceRow, ServiceRow } from "./snapshot.ts";

const at = new Date("2026-01-01T11:00:00Z");

/** A service that wants one instance and has none; for tests. */
export function serviceRow(change: Partial<ServiceRow> = {}): ServiceRow {
  return {
    id: "svc",
    driver: "local",
    spec: {
      serviceId: "svc",
      accessName: "public/tiny",
      model: { slug: "tiny", kind: "text_generation", parameters: null, repository: null },
      weights: null,
      contextLength: 1024,
      parallel: 4,
      resources: { cpuMilli: 1_000, memoryBytes: 1_073_741_824n, gpuCount: 0, gpuModel: null },
      region: { id: "reg", name: "local", settings: {} },
    },
    instanceTypeId: "typ",
    places: null,
    wanted: "running",
    suspended: false,
    wantedInstances: 1,
    generation: 1,
    observedGeneration: 0,
    state: "pending",
    stateSince: at,
    reason: "",
    reasonData: {},
    ...change,
  };
}

let made = 0;

/** A new row of an instance; ids sort by age. */
export function instanceRow(change: Partial<InstanceRow> = {}): InstanceRow {
  made += 1;
  const unknown = {
    endpoint: null,
    pid: null,
    pidStartedAt: null,
    nonce: null,
    logFile: null,
    host: null,
    podName: null,
    contextLength: null,
  };
  const never = { retryAt: null, readyAt: null, stoppedAt: null };
  return {
    id: `ins_${String(made).padStart(6, "0")}`,
    instanceTypeId: "typ",
    upstreamEndpointId: null,
    state: "pending",
    reason: "",
    reasonData: {},
    token: "t",
    restarts: 0,
    failures: 0,
    ...unknown,
    ...never,
    stateSince: at,
    createdAt: at,
    ...change,
  };
}
