import { Agent, request } from "undici";
import type { Obstacle } from "../driver.ts";
import type { UpstreamEndpoint } from "./endpoint.ts";

/** What an endpoint's answer to a probe says. `lasting`: asking again soon is no use, only its operator can mend it. */
export type ProbeResult = { ok: true } | { ok: false; obstacle: Obstacle; lasting: boolean; busy: boolean };

export interface Prober {
  /** Never throws. Nothing of what the endpoint says gets into the result: it may repeat the credential. */
  probe(endpoint: UpstreamEndpoint): Promise<ProbeResult>;
  close(): void;
}

/** The longest lists of models that vendors have are below one MiB. */
const maxAnswerBytes = 4 * 1024 * 1024;
const droppedBytes = 64 * 1024;

/** Asks endpoints how they are. A redirect is not followed: it could lead the credential anywhere. */
export function createProber(limitMs: number): Prober {
  const agent = new Agent({
    connect: { timeout: limitMs },
    headersTimeout: limitMs,
    bodyTimeout: limitMs,
    maxResponseSize: maxAnswerBytes,
    // A probe is rare; what is kept open between two would only be closed by the other side.
    keepAliveTimeout: 1,
  });
  return {
    async probe(endpoint) {
      if (endpoint.unreadable) return unreadable;
      try {
        return await ask(endpoint, agent, limitMs);
      } catch (error) {
        return unreachable(explain(error, limitMs));
      }
    },
    close: () => void agent.destroy(),
  };
}

async function ask({ url, upstreamModel, credential, probePath }: UpstreamEndpoint, agent: Agent, limitMs: number): Promise<ProbeResult> {
  const path = (probePath ?? "models").replace(/^\/+/, "");
  const { statusCode, body } = await request(`${url}/${path}`, {
    dispatcher: agent,
    headers: { accept: "application/json", ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
    signal: AbortSignal.timeout(limitMs),
  });
  if (statusCode !== 200 || probePath !== null) {
    // Read to its end, or dropped where that is far: an answer that nobody reads keeps its connection.
    await body.dump({ limit: droppedBytes }).catch(() => {});
    return judge(statusCode, path);
  }
  const models = modelIds(await body.text());
  if (models === null) return unreachable(`GET /${path} answers no list of models; if it has none, give it a probe path`);
  // Ollama lists a name with its tag, and takes it without.
  if (models.has(upstreamModel) || models.has(`${upstreamModel}:latest`)) return { ok: true };
  return { ok: false, lasting: true, busy: false, obstacle: { reason: "upstream_model_missing", data: { model: upstreamModel } } };
}

function judge(status: number, path: string): ProbeResult {
  if (status >= 200 && status < 300) return { ok: true };
  if (status === 401 || status === 403) {
    return { ok: false, lasting: true, busy: false, obstacle: { reason: "upstream_unauthorized", data: {} } };
  }
  if (status === 429) return { ...unreachable("it answers 429: too many requests"), busy: true };
  if (status >= 300 && status < 400) return unreachable(`GET /${path} answers with a redirect (${status}), which is not followed`);
  if (status === 404) return unreachable(`GET /${path} answers 404; correct the address, or give it a probe path`);
  return unreachable(`GET /${path} answers ${status}`);
}

/** The ids of an OpenAI-compatible list of models; null where the text is none. */
function modelIds(text: string): Set<string> | null {
  try {
    const { data }: { data?: unknown } = JSON.parse(text) ?? {};
    if (!Array.isArray(data)) return null;
    return new Set(data.flatMap((one) => (typeof one === "object" && one !== null && typeof one.id === "string" ? [one.id] : [])));
  } catch {
    return null;
  }
}

const unreadable: ProbeResult = {
  ok: false,
  lasting: true,
  busy: false,
  obstacle: {
    reason: "upstream_unauthorized",
    data: {
      detail:
        "its credential cannot be read with this HYDRA_SECRET; set the one it was added with, or remove the upstream and add it again",
    },
  },
};

function unreachable(detail: string): Extract<ProbeResult, { ok: false }> {
  return { ok: false, lasting: false, busy: false, obstacle: { reason: "upstream_unreachable", data: { detail } } };
}

const sentences: Record<string, string> = {
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it broke the connection off",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name cannot be resolved at present",
  EHOSTUNREACH: "there is no way to its host",
  ENETUNREACH: "there is no way to its network",
  UND_ERR_SOCKET: "it broke the connection off",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "its list of models is too long",
};
const timeouts = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_ABORTED"]);

/** In words of ours alone. */
function explain(error: unknown, limitMs: number): string {
  const code = codeOf(error);
  if (timeouts.has(code) || (error instanceof Error && error.name === "TimeoutError")) return `no answer in ${limitMs / 1_000} s`;
  if (/CERT|SSL|TLS|ALTNAME|SIGNATURE/.test(code)) return `its certificate is not trusted (${code})`;
  return sentences[code] ?? `it cannot be reached${/^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ""}`;
}

function codeOf(error: unknown): string {
  for (let value: unknown = error; value instanceof Error; value = value.cause) {
    if (value instanceof AggregateError && value.errors.length > 0) return codeOf(value.errors[0]);
    if ("code" in value && typeof value.code === "string") return value.code;
  }
  return "";
}
