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

/** Instances as calls are sent to them. One whose credential cannot be opened is left out: it would only refuse. */
export function targetsOf(rows: readonly InstanceRow[], box: SecretBox | null): InstanceTarget[] {
  return rows.flatMap(({ id, endpoint, token, upstream }): InstanceTarget[] => {
    if (!upstream) return [{ id, endpoint, token }];
    const { url, model, weight, maxConcurrency } = upstream;
    const credential = openedCredential(upstream, box);
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
