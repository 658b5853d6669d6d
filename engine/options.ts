import { parseArgs } from "node:util";
import { z } from "zod";

const count = z.coerce.number().int().min(1);

const schema = z.object({
  instance: z.string().min(1),
  service: z.string().min(1),
  model: z.string().startsWith("/", "must be an absolute path"),
  name: z.string().min(1),
  state: z.string().startsWith("/", "must be an absolute path"),
  context: count.max(1_048_576),
  parallel: count.max(256).default(4),
  queue: z.coerce.number().int().min(0).max(10_000).default(32),
  threads: count.max(512).default(1),
  /** What makes tokens of images (a GGUF file beside the weights). */
  projector: z.string().startsWith("/", "must be an absolute path").optional(),
  /** A Jinja file in place of the weights' own chat template. */
  "chat-template": z.string().startsWith("/", "must be an absolute path").optional(),
  /** MiB for what has been read of earlier prompts; 0: none is kept. */
  cache: z.coerce.number().int().min(0).max(1_048_576).default(64),
  /** The instance makes embeddings, and so pools; "model" takes the way that the weights name. */
  embeddings: z.enum(["model", "mean", "cls", "last"]).optional(),
  /** Seconds that running answers get after SIGTERM. */
  drain: z.coerce.number().min(0).max(3600).default(10),
});

const environment = z.object({
  HYDRA_INSTANCE_TOKEN: z.string({ error: "not set" }).min(16, "must have at least 16 characters"),
  HYDRA_INSTANCE_NONCE: z.string({ error: "not set" }).min(1, "must not be empty"),
});

export interface CommandLine extends z.output<typeof schema> {
  bearer: string;
  nonce: string;
}

/** The command line or the environment is wrong; the message says where. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Reads the flags `--instance --service --model --name --context --state [--parallel 4] [--queue 32] [--threads 1] [--drain 10]
 * [--projector <file>] [--chat-template <file>] [--cache 64] [--embeddings model|mean|cls|last]` and, since `ps` shows flags to
 * everybody, the secrets from the environment. `--context` is per request. One thread is enough for tiny models, and more are
 * slower. Throws {@link UsageError}.
 */
export function parseCommandLine(args: string[], env: Record<string, string | undefined>): CommandLine {
  const flags = schema.safeParse(readFlags(args));
  if (!flags.success) throw new UsageError(sayWhere(flags.error, "--"));
  const secrets = environment.safeParse(env);
  if (!secrets.success) throw new UsageError(sayWhere(secrets.error, ""));
  return { ...flags.data, bearer: secrets.data.HYDRA_INSTANCE_TOKEN, nonce: secrets.data.HYDRA_INSTANCE_NONCE };
}

function readFlags(args: string[]): Record<string, unknown> {
  const options = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function sayWhere(error: z.ZodError, prefix: string): string {
  return error.issues.map((issue) => `${prefix}${issue.path.join(".")}: ${issue.message}`).join("; ");
}
