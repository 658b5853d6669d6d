import type { DbLike } from "#lib/db/client.ts";
import { credentialBox, SecretBoxError } from "#lib/secret-box.ts";

/** An endpoint as whoever calls it needs it. */
export interface CallableUpstream {
  id: string;
  serviceId: string;
  url: string;
  upstreamModel: string;
  /** Null: it asks for none. */
  credential: string | null;
  /** The credential was sealed with another secret. */
  unreadable: boolean;
  probePath: string | null;
}

/** An endpoint with its credential, for those that call it; null where there is none, or none any more. Never for an answer or a log. */
export async function findUpstream({ db, secret, id }: { db: DbLike; secret: string; id: string }): Promise<CallableUpstream | null> {
  const row = await db.upstreamEndpoint.findFirst({ where: { id, enabled: true } });
  if (!row) return null;
  const { serviceId, url, upstreamModel, credentialCipher, probePath } = row;
  return { id, serviceId, url, upstreamModel, probePath, ...opened(secret, id, credentialCipher) };
}

function opened(secret: string, id: string, sealed: Uint8Array | null): Pick<CallableUpstream, "credential" | "unreadable"> {
  if (!sealed) return { credential: null, unreadable: false };
  try {
    return { credential: credentialBox(secret).open(sealed, id), unreadable: false };
  } catch (error) {
    if (!(error instanceof SecretBoxError)) throw error;
    return { credential: null, unreadable: true };
  }
}
