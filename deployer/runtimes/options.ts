import { parseArgs } from "node:util";
import { z } from "zod";

const flags = z.object({
  instance: z.string().min(1),
  service: z.string().min(1),
  state: z.string().startsWith("/", "must be an absolute path"),
  "key-variable": z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of an environment variable"),
});
const environment = z.object({ HYDRA_INSTANCE_TOKEN: z.string().min(16), HYDRA_INSTANCE_NONCE: z.string().min(1) });

export interface RuntimeOptions {
  instanceId: string;
  serviceId: string;
  stateFile: string;
  /** Where the program looks for the bearer that it demands. */
  keyVariable: string;
  program: { file: string; args: string[] };
  bearer: string;
  nonce: string;
}

/**
 * Reads `--instance <id> --service <id> --key-variable <name> --state <file> -- <program> [arguments]`, and what is secret from
 * the environment. Throws an Error that says what is wrong.
 */
export function parseOptions(args: string[], env: Record<string, string | undefined>): RuntimeOptions {
  const end = args.indexOf("--");
  const [file, ...programArgs] = end < 0 ? [] : args.slice(end + 1);
  if (!file?.startsWith("/")) throw new Error("after -- the program must be named by its absolute path");
  const options = Object.fromEntries(Object.keys(flags.shape).map((name) => [name, { type: "string" as const }]));
  const given = flags.safeParse(parseArgs({ args: args.slice(0, end), options }).values);
  if (!given.success) throw new Error(given.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("; "));
  const secrets = environment.safeParse(env);
  if (!secrets.success) throw new Error(secrets.error.issues.map((issue) => `${issue.path.join(".")} is not set`).join("; "));
  const { instance: instanceId, service: serviceId, state: stateFile, "key-variable": keyVariable } = given.data;
  const { HYDRA_INSTANCE_TOKEN: bearer, HYDRA_INSTANCE_NONCE: nonce } = secrets.data;
  return { instanceId, serviceId, stateFile, keyVariable, program: { file, args: programArgs }, bearer, nonce };
}
