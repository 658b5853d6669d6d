import { isIP } from "node:net";
import { AppError } from "#lib/errors.ts";
import type { CallableService } from "../ports.ts";

/** What an address serves: everything, the services billed by token, or those of one region. */
export type Endpoint = { serves: "all" } | { serves: "token" } | { serves: "region"; region: string };

export interface HostRules {
  /** `HYDRA_DOMAIN`. */
  domain: string;
  /** Address that the gateway listens on; a name given there is one of its own. */
  bind: string;
}

const everything: Endpoint = { serves: "all" };
const form = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/;

/**
 * The endpoint that a `Host` header names. Addresses, localhost and the bare domain serve everything; `chat.<domain>`
 * and `<region>.<domain>` their share. Throws `invalid_host` for any other name: a page that had its own name pointed
 * at this machine could otherwise call from a browser. HTTP/1.0 may leave the header out.
 */
export function endpointOf(host: string | undefined, rules: HostRules, hasRegion: (name: string) => boolean): Endpoint {
  if (host === undefined) return everything;
  const name = form.exec(host.toLowerCase())?.[1]?.replace(/\.$/, "");
  if (name !== undefined) {
    if (isOwn(name, rules)) return everything;
    const label = name.endsWith(`.${rules.domain}`) ? name.slice(0, -rules.domain.length - 1) : null;
    if (label === "chat") return { serves: "token" };
    if (label !== null && hasRegion(label)) return { serves: "region", region: label };
  }
  throw new AppError("invalid_host", `This gateway does not serve the host that was asked for. ${advice(rules)}`);
}

/** Whether a service is called at this endpoint. */
export function isServedAt(service: Pick<CallableService, "billing" | "region">, endpoint: Endpoint): boolean {
  if (endpoint.serves === "all") return true;
  if (endpoint.serves === "token") return service.billing === "token";
  return service.billing === "instance" && service.region === endpoint.region;
}

/** Base address at which a service is called on an installation with a domain of its own. */
export function endpointFor(service: Pick<CallableService, "billing" | "region">, domain: string): string {
  return `https://${service.billing === "token" ? "chat" : service.region}.${domain}/v1`;
}

function isOwn(name: string, { domain, bind }: HostRules): boolean {
  const bare = name.startsWith("[") ? name.slice(1, -1) : name;
  if (isIP(bare) !== 0 || name === "localhost" || name === domain || name === bind.toLowerCase()) return true;
  return domain === "localhost" && name.endsWith(".localhost");
}

function advice({ domain }: HostRules): string {
  return domain === "localhost"
    ? "Call it at localhost, or set HYDRA_DOMAIN to the domain that leads here."
    : `Call https://chat.${domain} or the endpoint that the console shows for the service.`;
}
