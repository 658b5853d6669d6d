import type { ServiceState, StateReason } from "#lib/contracts/services.ts";
import type { TokenCounts, TokenRates } from "#lib/money/usage.ts";
import type { TrialClaims } from "#lib/secrets.ts";

/** Who calls, and on whose balance. */
export interface Principal {
  userId: string;
  workspaceId: string;
  /** Null for the console's trial. */
  keyId: string | null;
}

export interface Principals {
  /** The key's owner where the key and its owner may call at this moment, else null. */
  byKeyHash(hash: Uint8Array<ArrayBuffer>): Promise<Principal | null>;
  /** The signed-in user where user and membership still hold, else null. */
  byTrial(claims: TrialClaims): Promise<Principal | null>;
}

export interface InstanceTarget {
  id: string;
  /** Base address without `/v1`. */
  endpoint: string;
  token: string;
}

export interface Price {
  id: string;
  rates: TokenRates;
}

export interface CallableService {
  id: string;
  accessName: string;
  workspaceId: string;
  /** Owned by the platform and billed by token: open to everybody. */
  isPublic: boolean;
  billing: "token" | "instance";
  wanted: "running" | "stopped" | "deleted";
  state: ServiceState;
  reason: StateReason;
  reasonData: Record<string, string | number>;
  createdAt: Date;
  driver: "local" | "kubernetes" | "upstream";
  model: {
    id: string;
    kind: "text_generation" | "image_understanding" | "image_generation" | "embedding";
    contextLength: number;
    maxOutputTokens: number;
  };
  /** The price in force; null where there is none. */
  price: Price | null;
  /** Only the ready ones. */
  instances: InstanceTarget[];
}

export interface Catalog {
  /** A live service by its access name, whoever owns it; null where there is none. */
  find(owner: string, name: string): Promise<CallableService | null>;
  /** Live services that a workspace may call: the public ones and its own. */
  visibleTo(workspaceId: string): Promise<CallableService[]>;
}

export interface Balances {
  /** Nano-units; 0 where the workspace has no wallet. */
  read(workspaceId: string): Promise<bigint>;
}

/** What one admitted call came to. */
export interface UsageEntry {
  requestId: string;
  principal: Principal;
  service: Pick<CallableService, "id" | "accessName">;
  modelId: string;
  instanceId: string | null;
  route: string;
  streamed: boolean;
  outcome: "completed" | "client_gone" | "upstream_error" | "timeout";
  /** HTTP status sent; 499 where the client left before there was one. */
  status: number;
  errorCode: string | null;
  source: "engine" | "counted" | "none";
  tokens: TokenCounts;
  /** The price version; null for a service that is billed by instance, and where nothing is charged. */
  price: Price | null;
  startedAt: Date;
  firstTokenMs: number | null;
  durationMs: number;
}

export interface Metering {
  /** False while so much waits for the database that nothing more may be admitted. */
  hasRoom(): boolean;
  /** Takes the entry at once and writes it later. */
  record(entry: UsageEntry): void;
  keyUsed(keyId: string): void;
}
