import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";

/** Root of the checkout; paths in variables are relative to it. A bundled module has no folder: Next runs in the root. */
export const rootDir = import.meta.dirname ? resolve(import.meta.dirname, "..") : process.cwd();

/** Set by the console's own server from the connection, never taken from outside. */
export const clientAddressHeader = "x-hydra-client-address";

/** A whole number within bounds; anything else is refused with a sentence that names them. */
function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

const port = whole(1, 65_535);
const flagList = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const hostForm = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;
const webUrl = (protocol: RegExp, error: string) => z.url({ protocol, error });
const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/** Every variable that Hydra reads, with its default. The README's table is tested against this schema. */
export const variables = z.object({
  HYDRA_DATA_DIR: z.string().min(1).default(".hydra").describe("Where the database, secrets, weights and logs are kept"),
  HYDRA_CONSOLE_PORT: port.default(3000).describe("Port of the console"),
  HYDRA_GATEWAY_PORT: port.default(8080).describe("Port of the OpenAI-compatible gateway"),
  HYDRA_BIND: z.string().min(1).default("127.0.0.1").describe("Address that console and gateway listen on"),
  HYDRA_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]+$/, "must be a host name in lower case")
    .default("localhost")
    .describe("Domain of the endpoints shown: `chat.<domain>` and `<region>.<domain>`"),
  HYDRA_PUBLIC_URL: webUrl(/^https?$/, "must begin with https:// or http://")
    .optional()
    .describe("Address under which browsers reach the console, where a proxy stands before it"),
  HYDRA_TRUSTED_PROXIES: flagList.default([]).describe("Addresses whose X-Forwarded-For is believed, separated by commas"),
  HYDRA_IMAGE_HOSTS: flagList
    .default([])
    .refine((hosts) => hosts.every((host) => hostForm.test(host)), "must be hosts such as img.example.com or 10.0.0.7:9000, in lower case")
    .describe("Hosts from which engines may fetch images that callers name, separated by commas"),
  HYDRA_METRICS_PORT: port.optional().describe("Port of the gateway's figures and probes, on loopback"),
  HYDRA_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as CNY")
    .default("CNY")
    .describe("Currency of all prices and balances"),
  HYDRA_SIGNUP: z
    .enum(["open", "invite"])
    .optional()
    .describe("Who may sign up: anybody, or who holds an invitation (default: open on loopback, invite beyond)"),
  HYDRA_SIGNUP_CREDIT: whole(0, 1_000_000).default(100).describe("Credit of a new account, in whole units of the currency"),
  HYDRA_SUPPORT_URL: webUrl(/^(https?|mailto)$/, "must begin with https://, http:// or mailto:")
    .optional()
    .describe("Where the console's support link leads"),
  HYDRA_SECRET: z
    .string()
    .min(32, "must have at least 32 characters")
    .optional()
    .describe("Signs sessions and tokens (default: made at the first start and kept in the data directory)"),
  HYDRA_SETUP_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe("Asked for at the first sign-up beyond loopback (default: made and printed by `npm start`)"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgresql://")
    .optional()
    .describe("A PostgreSQL of your own (default: embedded, in the data directory)"),
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgresql://")
    .optional()
    .describe("The same database without a transaction pooler, for LISTEN and locks"),
  HYDRA_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Least severity that is logged"),
  HYDRA_LOG_FORMAT: z.enum(["json", "pretty"]).default("json").describe("Form of log lines"),
});

export interface Config {
  dataDir: string;
  consolePort: number;
  gatewayPort: number;
  bind: string;
  domain: string;
  /** Where browsers reach the console, without a slash at the end. */
  consoleUrl: string;
  trustedProxies: string[];
  /** Hosts as in an address, with the port where it is not the scheme's own. */
  imageHosts: string[];
  /** Null: the usual one, or a free one where that is taken. */
  metricsPort: number | null;
  currency: string;
  signup: "open" | "invite";
  /** Whole units of the currency. */
  signupCredit: number;
  supportUrl: string | null;
  /** Null only in `hydra up`, which makes it. */
  secret: string | null;
  setupToken: string | null;
  /** Whether the first sign-up must show the set-up token. */
  beyondLoopback: boolean;
  databaseUrl: string | null;
  databaseDirectUrl: string | null;
  logLevel: "debug" | "info" | "warn" | "error";
  logFormat: "json" | "pretty";
}

/** Says which variable is wrong and why; one line a variable. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Reads the environment; empty variables count as unset. Throws {@link ConfigError}. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(variables.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const value = parsed.data;
  if (value.HYDRA_CONSOLE_PORT === value.HYDRA_GATEWAY_PORT) {
    throw new ConfigError(`HYDRA_GATEWAY_PORT: console and gateway cannot both listen on ${value.HYDRA_GATEWAY_PORT}`);
  }
  if (value.HYDRA_METRICS_PORT === value.HYDRA_CONSOLE_PORT || value.HYDRA_METRICS_PORT === value.HYDRA_GATEWAY_PORT) {
    throw new ConfigError(`HYDRA_METRICS_PORT: console or gateway listens on ${value.HYDRA_METRICS_PORT} already`);
  }
  const beyondLoopback = !loopback.has(value.HYDRA_BIND);
  return {
    dataDir: absolute(value.HYDRA_DATA_DIR),
    consolePort: value.HYDRA_CONSOLE_PORT,
    gatewayPort: value.HYDRA_GATEWAY_PORT,
    bind: value.HYDRA_BIND,
    domain: value.HYDRA_DOMAIN,
    consoleUrl: (value.HYDRA_PUBLIC_URL ?? `http://localhost:${value.HYDRA_CONSOLE_PORT}`).replace(/\/+$/, ""),
    trustedProxies: value.HYDRA_TRUSTED_PROXIES,
    imageHosts: value.HYDRA_IMAGE_HOSTS,
    metricsPort: value.HYDRA_METRICS_PORT ?? null,
    currency: value.HYDRA_CURRENCY,
    signup: value.HYDRA_SIGNUP ?? (beyondLoopback ? "invite" : "open"),
    signupCredit: value.HYDRA_SIGNUP_CREDIT,
    supportUrl: value.HYDRA_SUPPORT_URL ?? null,
    secret: value.HYDRA_SECRET ?? null,
    setupToken: value.HYDRA_SETUP_TOKEN ?? null,
    beyondLoopback,
    databaseUrl: value.DATABASE_URL ?? null,
    databaseDirectUrl: value.DATABASE_DIRECT_URL ?? value.DATABASE_URL ?? null,
    logLevel: value.HYDRA_LOG_LEVEL,
    logFormat: value.HYDRA_LOG_FORMAT,
  };
}

/** The config of a child process, which `hydra up` has given a secret and a database. */
export function parseChildConfig(
  env: Record<string, string | undefined>,
): Config & { secret: string; databaseUrl: string; databaseDirectUrl: string } {
  const config = parseConfig(env);
  const { secret, databaseUrl, databaseDirectUrl } = config;
  if (!secret) throw new ConfigError("HYDRA_SECRET: not set; start Hydra with `npm start`, which makes it");
  if (!databaseUrl || !databaseDirectUrl)
    throw new ConfigError("DATABASE_URL: not set; start Hydra with `npm start`, which starts a database");
  return { ...config, secret, databaseUrl, databaseDirectUrl };
}

/**
 * Base address for calls, ending in `/v1`. On localhost one address serves everything, because `chat.localhost`
 * resolves in neither Node nor Python; with a real domain a region has its own, and null means `chat`.
 */
export function endpointUrl(config: Pick<Config, "domain" | "gatewayPort">, region: string | null): string {
  if (config.domain === "localhost") return `http://localhost:${config.gatewayPort}/v1`;
  return `https://${region ?? "chat"}.${config.domain}/v1`;
}

function absolute(path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : join(rootDir, path);
}
