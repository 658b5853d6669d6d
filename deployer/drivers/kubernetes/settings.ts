import { z } from "zod";

const keyValues = z.record(z.string().max(317), z.string().max(63));
const absolutePath = z.string().startsWith("/", "must be an absolute path");
const objectName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "must be the name of a Kubernetes object");

const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(["Exists", "Equal"]).default("Equal"),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

/**
 * How gateways reach an instance.
 * - `pod`: at its pod's address, for gateways inside the cluster or on its network.
 * - `nodePort`: at a port of the node that the pod is on, or of `address`.
 * - `loadBalancer`: at the address that the cluster's provider gives each instance's Service.
 * - `gateway`: through a router of the cluster; `{name}` in its address stands for the Service's name.
 */
const reach = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pod") }),
  z.strictObject({ kind: z.literal("nodePort"), address: z.string().min(1).optional() }),
  z.strictObject({ kind: z.literal("loadBalancer") }),
  z.strictObject({
    kind: z.literal("gateway"),
    url: z
      .string()
      .regex(/^https?:\/\/[^/?#]+$/, "must be an address such as https://{name}.models.example.com, without a path")
      .includes("{name}", { error: "must contain {name}, or instances could not be told apart" }),
  }),
]);

/** What holds downloaded weights: a claim that exists, or one that is made for each service and goes with it. */
const weights = z.union([
  z.strictObject({ claim: objectName }),
  z.strictObject({
    storageClass: objectName.nullable().default(null),
    accessMode: z.enum(["ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]).default("ReadWriteMany"),
  }),
]);

/** What one model needs beside the recipe. */
const modelSettings = z.strictObject({
  image: z.string().min(1).optional(),
  quantization: z
    .string()
    .regex(/^[a-z0-9_]+$/)
    .optional(),
  /** More flags of `vllm serve`, one element each. */
  args: z.array(z.string()).default([]),
});

/** `Region.settings` of a region whose driver is `kubernetes`. */
export const kubernetesSettings = z.strictObject({
  /** Path of a kubeconfig; null: the deployer runs in the cluster and uses its pod's service account. */
  kubeconfig: absolutePath.nullable().default(null),
  /** Null: the kubeconfig's current one. */
  context: z.string().min(1).nullable().default(null),
  namespace: objectName.default("hydra"),
  reach: reach.default({ kind: "pod" }),
  /** Null: the recipe's own. */
  image: z.string().min(1).nullable().default(null),
  imagePullSecrets: z.array(objectName).default([]),
  nodeSelector: keyValues.default({}),
  tolerations: z.array(toleration).default([]),
  gpu: z
    .strictObject({
      /** The extended resource that a GPU is counted as. */
      resource: z.string().default("nvidia.com/gpu"),
      /** The node label that says which GPU a node has; null: nodes carry none. */
      modelLabel: z.string().nullable().default("nvidia.com/gpu.product"),
    })
    .prefault({}),
  /** Null: each pod downloads into its own empty folder. */
  weights: weights.nullable().default(null),
  hub: z
    .strictObject({
      /** A mirror of Hugging Face. */
      endpoint: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null),
      /** A Secret of the namespace, whose key `token` opens gated repositories. */
      tokenSecret: objectName.nullable().default(null),
    })
    .prefault({}),
  models: z.record(z.string(), modelSettings).default({}),
});

export type KubernetesSettings = z.output<typeof kubernetesSettings>;

/** Reads a region's settings. Throws with a sentence that names each wrong member. */
export function parseSettings(settings: unknown): KubernetesSettings {
  const parsed = kubernetesSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".") || "settings"}: ${issue.message}`);
  throw new Error(`the region's settings are wrong: ${wrong.join("; ")}`);
}
