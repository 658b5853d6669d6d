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
/** Who signs people in must not be read or changed on the way. */
const issuer = webUrl(/^https?$/, "must begin with https://")
  .refine((url) => url.startsWith("https:") || loopback.has(new URL(url).hostname), "must begin with https://, except on loopback")
  .transform((url) => url.replace(/\/+$/, ""));

/** Every variable that Hydra reads, with its default. The README's table is tested against this schema. */
export const variables = z.object({
  HYDRA_DATA_DIR: z.string().min(1).default(".hydra").describe("Where the database, secrets, weights and logs are kept"),
  HYDRA_CONSOLE_PORT: port.default(3000).describe("Port of the console"),
  HYDRA_GATEWAY_PORT: port.default(8080).describe("Port of the OpenAI-compatible gateway"),
  HYDRA_GATEWAY_WORKERS: whole(1, 64)
    .default(1)
    .describe("Gateway processes that share its port, for machines with cores to spare (Linux)"),
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
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, "must begin with smtp:// or smtps://")
    .optional()
    .describe("Mail server for links that set a new password"),
  HYDRA_MAIL_FROM: z.string().min(3).max(200).optional().describe("Sender of mails"),
  HYDRA_OIDC_ISSUER: issuer.optional().describe("Issuer of an OpenID Connect provider to sign in with"),
  HYDRA_OIDC_CLIENT_ID: z.string().optional().describe("Client id at the OpenID Connect provider"),
  HYDRA_OIDC_CLIENT_SECRET: z.string().optional().describe("Client secret at the OpenID Connect provider"),
  HYDRA_OIDC_NAME: z.string().max(40).default("SSO").describe('What its button says after "Continue with"'),
  HYDRA_GITHUB_CLIENT_ID: z.string().optional().describe("Client id of a GitHub OAuth app to sign in with"),
  HYDRA_GITHUB_CLIENT_SECRET: z.string().optional().describe("Client secret of the GitHub OAuth app"),
  HYDRA_GITHUB_URL: issuer.default("https://github.com").describe("A GitHub Enterprise server, where that is used instead"),
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
  HF_ENDPOINT: webUrl(/^https?$/, "must begin with https:// or http://")
    .default("https://huggingface.co")
    .describe("Where models are downloaded from: Hugging Face, or a mirror of it"),
  HF_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,512}$/, "must be a token of 8 to 512 characters without spaces")
    .optional()
    .describe("Shown to Hugging Face for what is gated or private"),
  MODELSCOPE_ENDPOINT: webUrl(/^https?$/, "must begin with https:// or http://")
    .default("https://www.modelscope.cn")
    .describe("Where models of ModelScope are downloaded from"),
  HYDRA_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Least severity that is logged"),
  HYDRA_LOG_FORMAT: z.enum(["json", "pretty"]).default("json").describe("Form of log lines"),
});

export interface Config {
  dataDir: string;
  consolePort: number;
  gatewayPort: number;
  gatewayWorkers: number;
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
  /** Null: this installation sends no mail. */
  mail: { smtpUrl: string; from: string } | null;
  /** Null: nobody signs in this way. */
  oidc: (OAuthClient & { issuer: string; name: string }) | null;
  github: (OAuthClient & { url: string }) | null;
  /** Null only in `hydra up`, which makes it. */
  secret: string | null;
  setupToken: string | null;
  /** Whether the first sign-up must show the set-up token. */
  beyondLoopback: boolean;
  databaseUrl: string | null;
  databaseDirectUrl: string | null;
  hfEndpoint: string;
  hfToken: string | null;
  modelscopeEndpoint: string;
  logLevel: "debug" | "info" | "warn" | "error";
  logFormat: "json" | "pretty";
}

export interface OAuthClient {
  clientId: string;
  clientSecret: string;
}

/** Says which variable is wrong and why; one line a variable. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** The host of a web address, an IPv6 one without its brackets. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
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
  // Behind a proxy it listens on loopback alone, and yet anybody may come.
  const beyondLoopback = !loopback.has(value.HYDRA_BIND) || !loopback.has(hostOf(value.HYDRA_PUBLIC_URL ?? "http://localhost"));
  return {
    dataDir: absolute(value.HYDRA_DATA_DIR),
    consolePort: value.HYDRA_CONSOLE_PORT,
    gatewayPort: value.HYDRA_GATEWAY_PORT,
    gatewayWorkers: value.HYDRA_GATEWAY_WORKERS,
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
    mail: value.SMTP_URL ? { smtpUrl: value.SMTP_URL, from: value.HYDRA_MAIL_FROM ?? `Hydra <hydra@${value.HYDRA_DOMAIN}>` } : null,
    oidc: oidcOf(value),
    github: githubOf(value),
    secret: value.HYDRA_SECRET ?? null,
    setupToken: value.HYDRA_SETUP_TOKEN ?? null,
    beyondLoopback,
    databaseUrl: value.DATABASE_URL ?? null,
    databaseDirectUrl: value.DATABASE_DIRECT_URL ?? value.DATABASE_URL ?? null,
    hfEndpoint: value.HF_ENDPOINT,
    hfToken: value.HF_TOKEN ?? null,
    modelscopeEndpoint: value.MODELSCOPE_ENDPOINT,
    logLevel: value.HYDRA_LOG_LEVEL,
    logFormat: value.HYDRA_LOG_FORMAT,
  };
}

type Values = z.output<typeof variables>;

function oidcOf(value: Values): Config["oidc"] {
  const set = allOrNone(value, ["HYDRA_OIDC_ISSUER", "HYDRA_OIDC_CLIENT_ID", "HYDRA_OIDC_CLIENT_SECRET"]);
  return set && { issuer: set[0], clientId: set[1], clientSecret: set[2], name: value.HYDRA_OIDC_NAME };
}

function githubOf(value: Values): Config["github"] {
  const set = allOrNone(value, ["HYDRA_GITHUB_CLIENT_ID", "HYDRA_GITHUB_CLIENT_SECRET"]);
  return set && { clientId: set[0], clientSecret: set[1], url: value.HYDRA_GITHUB_URL };
}

/** Values that only make sense together; null where none is set. */
function allOrNone<const Names extends readonly (keyof Values)[]>(value: Values, names: Names): { [Index in keyof Names]: string } | null {
  const missing = names.filter((name) => value[name] === undefined);
  if (missing.length === names.length) return null;
  if (missing.length > 0) throw new ConfigError(`${missing[0]}: must be set too, because ${names.find((name) => value[name])} is`);
  return names.map((name) => String(value[name])) as { [Index in keyof Names]: string };
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
