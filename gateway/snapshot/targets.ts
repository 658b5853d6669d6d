import { type SecretBox, SecretBoxError } from "#lib/secret-box.ts";
import type { InstanceTarget } from "../ports.ts";

/** A ready instance as the database has it. */
export interface InstanceRow {
  id: string;
  endpoint: string;
  token: string;
  /** The endpoint of others that it is; null for instances of ours. */
  upstream: { id: string; url: string; model: string; credential: string | null; weight: number; maxConcurrency: number | null } | null;
}

export interface Reach {
  /** Opens what upstream endpoints ask for; null: those that ask for a credential are left out. */
  credentials: SecretBox | null;
  /** No deployer is on this machine: our instances on loopback are another machine's. */
  remote: boolean;
}

/** Instances as calls are sent to them. One that is out of reach, or whose credential cannot be opened, is left out: it would only fail. */
export function targetsOf(rows: readonly InstanceRow[], { credentials, remote }: Reach): InstanceTarget[] {
  return rows.flatMap(({ id, endpoint, token, upstream }): InstanceTarget[] => {
    if (!upstream) return remote && isLoopback(endpoint) ? [] : [{ id, endpoint, token }];
    const { url, model, weight, maxConcurrency } = upstream;
    const credential = openedCredential(upstream, credentials);
    if (credential === undefined) return [];
    const { origin, pathname } = new URL(url);
    return [
      { id, endpoint: origin, token: credential, upstream: { basePath: pathname.replace(/\/$/, ""), model, weight, maxConcurrency } },
    ];
  });
}

/** Null: it asks for none; undefined: it cannot be opened. */
function openedCredential({ id, credential }: NonNullable<InstanceRow["upstream"]>, box: SecretBox | null): string | null | undefined {
  if (credential === null) return null;
  try {
    return box?.open(Buffer.from(credential, "base64"), id);
  } catch (error) {
    if (error instanceof SecretBoxError) return undefined;
    throw error;
  }
}

function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
