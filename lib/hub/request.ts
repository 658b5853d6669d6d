import { HubError } from "./hub.ts";

export interface HubSite {
  /** As people call it, e.g. `Hugging Face`. */
  label: string;
  /** Without a slash at the end. */
  endpoint: string;
  /** Sent to the endpoint's own origin alone. */
  token: string | null;
  /** The variable that names another endpoint. */
  endpointVariable: string;
  /** What to do where the hub wants to know who asks. */
  signInAdvice: string;
}

export interface HubAnswer {
  response: Response;
  /** Of the first answer: files are redirected to a store whose own headers know nothing of the repository. */
  linked: Headers;
}

const maxRedirects = 5;
/** The header by which Hugging Face says which of several things is missing. */
const errorCodeHeader = "x-error-code";

/** GET with redirects followed by hand: the token stays at home, and the first answer's headers are kept. Throws {@link HubError}. */
export async function hubRequest(
  site: HubSite,
  path: string,
  options: { what: string; headers?: Record<string, string>; signal: AbortSignal },
): Promise<HubAnswer> {
  const home = new URL(site.endpoint).origin;
  let url = new URL(site.endpoint + path);
  let linked: Headers | null = null;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const authorization: Record<string, string> = site.token && url.origin === home ? { authorization: `Bearer ${site.token}` } : {};
    const response = await send(site, url, { ...options.headers, ...authorization }, options.signal);
    linked ??= response.headers;
    const target = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (!target) return { response: await accepted(site, response, options.what), linked };
    await response.body?.cancel();
    url = new URL(target, url);
    if (url.protocol !== "https:" && url.protocol !== "http:") break;
  }
  throw new HubError("invalid", `${site.label} (${site.endpoint}) sends requests around in circles.`);
}

async function send(site: HubSite, url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    // Compressed, a range would be one of other bytes.
    return await fetch(url, { headers: { "user-agent": "hydra", "accept-encoding": "identity", ...headers }, redirect: "manual", signal });
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    const reason = networkReason(cause);
    throw new HubError(
      "unreachable",
      `${site.label} cannot be reached at ${url.origin} (${reason}). Check the network, set ${site.endpointVariable} to a mirror, or use \`hydra models import\`.`,
      { cause },
    );
  }
}

/** The answer if it is a good one; otherwise its reason, thrown. */
async function accepted(site: HubSite, response: Response, what: string): Promise<Response> {
  if (response.ok) return response;
  await response.body?.cancel();
  const { status } = response;
  const code = response.headers.get(errorCodeHeader);
  if (code === "GatedRepo") {
    throw new HubError("gated", `${what} is gated: accept its licence on ${site.label} first. ${site.signInAdvice}`);
  }
  if (status === 404 || (status === 401 && (code === "RepoNotFound" || !site.token))) {
    const secret = status === 401 || !site.token ? ` If it is private or gated: ${site.signInAdvice}` : "";
    throw new HubError("not_found", `There is no ${what} on ${site.label} (${site.endpoint}).${secret}`);
  }
  if (status === 401 || status === 403) {
    throw new HubError("unauthorized", `${site.label} refuses access to ${what} (${status}). ${site.signInAdvice}`);
  }
  if (status === 416) throw new HubError("invalid", `${what} is shorter on ${site.label} than what was already downloaded.`);
  const retryAfterSeconds = retryAfter(response.headers.get("retry-after"));
  if (status === 429) throw new HubError("rate_limited", `${site.label} asks to wait: too many requests (429).`, { retryAfterSeconds });
  if (status >= 500 || status === 408) {
    throw new HubError("unavailable", `${site.label} is in trouble: it answers ${status} for ${what}.`, { retryAfterSeconds });
  }
  throw new HubError("invalid", `${site.label} answers ${status} for ${what}. Is ${site.endpointVariable} (${site.endpoint}) right?`);
}

/** Seconds, from a number or a date; at most an hour, so that a wrong clock cannot stop downloads for good. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(3600, Math.max(0, Math.ceil(seconds))) : null;
}

/** What a person understands of a failed connection: the system's code, or the first cause's words; undici wraps both. */
export function networkReason(error: unknown): string {
  let innermost = error;
  for (let one = error; one instanceof Error; one = one.cause) {
    if ("code" in one && typeof one.code === "string") return one.code;
    innermost = one;
  }
  return innermost instanceof Error ? innermost.message : String(innermost);
}
