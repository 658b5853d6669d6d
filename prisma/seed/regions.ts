/** The region of a new installation: this machine, through the local driver. */
export const seedRegion = { name: "local", driver: "local", labelEn: "This machine", labelZh: "本机" } as const;

const gibibyte = 1_073_741_824n;

/** Sizes of an instance in {@link seedRegion}; `hourNano` is its price for an hour in nano-units of the currency. */
export const seedInstanceTypes = [
  { name: "cpu-small", cpuMilli: 1_000, memoryBytes: gibibyte, parallel: 4, hourNano: 360_000_000n },
  { name: "cpu-medium", cpuMilli: 2_000, memoryBytes: 2n * gibibyte, parallel: 8, hourNano: 720_000_000n },
  { name: "cpu-large", cpuMilli: 4_000, memoryBytes: 4n * gibibyte, parallel: 16, hourNano: 1_440_000_000n },
];

/** The public service that a new installation runs. */
export const seedService = { name: "hydra-tiny", modelSlug: "hydra-tiny", instanceType: "cpu-small", instances: 1 } as const;
