import { AppError } from "#lib/errors.ts";
import type { Exchange } from "./exchange.ts";

export interface Route {
  method: "GET" | "POST";
  /** Path without `/v1`; a `*` at the end takes the rest of the path, decoded. */
  pattern: string;
  /** As logs and figures name it. */
  name: string;
  /** Whether it also answers below `/v1`, and is refused while the process ends. */
  api: boolean;
  handle(exchange: Exchange, rest: string): Promise<void>;
}

export interface RouteMatch {
  route: Route;
  rest: string;
}

/** 405 with the methods that are allowed, for the header `Allow`. */
export class MethodNotAllowed extends AppError {
  readonly allow: string;

  constructor(method: string, allow: string[]) {
    super("method_not_allowed", `${method} is not allowed here; use ${allow.join(" or ")}.`);
    this.allow = allow.join(", ");
  }
}

/**
 * The route of a request. Clients build addresses by hand, so doubled slashes, one at the end, and a missing `/v1` are
 * all taken. Throws `not_found`, or MethodNotAllowed.
 */
export function matchRoute(routes: readonly Route[], method: string, url: string): RouteMatch {
  const exact = routes.find((route) => route.method === method && isExactly(route, url));
  if (exact) return { route: exact, rest: "" };
  const path = cleanPath(url);
  const matches = routes.flatMap((route) => {
    const rest = restOf(route, path);
    return rest === null ? [] : [{ route, rest }];
  });
  if (matches.length === 0) {
    throw new AppError(
      "not_found",
      "There is nothing at this address. Calls go to /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/images/generations and /v1/models.",
    );
  }
  const asked = method === "HEAD" ? "GET" : method;
  const match = matches.find(({ route }) => route.method === asked);
  if (match) return match;
  throw new MethodNotAllowed(
    method,
    matches.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method])),
  );
}

/** The address as documented, which nearly all calls use. */
function isExactly({ api, pattern }: Route, url: string): boolean {
  return api && url.length === pattern.length + "/v1".length && url.startsWith("/v1") && url.endsWith(pattern) && !pattern.endsWith("*");
}

function cleanPath(url: string): string {
  const path = (url.split(/[?#]/, 1)[0] as string).replace(/\/{2,}/g, "/");
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** What stands in the place of the `*`, empty where there is none; null where the path is another's. */
function restOf(route: Route, path: string): string | null {
  const inside = route.api && path.startsWith("/v1/") ? path.slice("/v1".length) : path;
  if (!route.pattern.endsWith("*")) return inside === route.pattern ? "" : null;
  const prefix = route.pattern.slice(0, -1);
  if (!inside.startsWith(prefix) || inside.length === prefix.length) return null;
  try {
    return decodeURIComponent(inside.slice(prefix.length));
  } catch {
    return null;
  }
}
