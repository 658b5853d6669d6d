import type { ServiceState, StateReason } from "#lib/contracts/services.ts";
import type { TokenCounts, TokenRates } from "#lib/money/usage.ts";
import type { TrialClaims } from "#lib/secrets.ts";

/** What an operator or a key's owner allows; null: no bound. */
export interface CallLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  concurrency: number | null;
  /** Nano-units a day and a calendar month, in UTC. */
  budgetDayNano: bigint | null;
  budgetMonthNano: bigint | null;
}

/** What one key may do on top of what its owner may. */
export interface KeyRules {
  limits: CallLimits;
  /** Access names; null: all. */
  allowedModels: string[] | null;
  /** Addresses and CIDR ranges; null: all. */
  allowedAddresses: string[] | null;
  expiresAt: Date | null;
}

/** Who calls, and on whose balance. */
export interface Principal {
  userId: string;
  workspaceId: string;
  /** Null for the console's trial. */
  keyId: string | null;
  /** Null for the console's trial. */
  rules: KeyRules | null;
  workspaceLimits: CallLimits;
}

/** Answers from memory: no look-up waits for the database. All throw `billing_unavailable` while the snapshot has no lease. */
export interface Principals {
  /** The key's owner where the key and its owner may call at this moment, else null. */
  byKeyHash(hash: string): Principal | null;
  /** The signed-in user where user and membership still hold, else null. */
  byTrial(claims: TrialClaims): Principal | null;
  /** Asked again in the same turn of the event loop in which a call is admitted: a revoke may have come meanwhile. */
  stillHolds(principal: Principal): boolean;
}

export interface InstanceTarget {
  id: string;
  /** Origin of its server. */
  endpoint: string;
  /** Bearer that it asks for; null: none. */
  token: string | null;
  /** Only where it is an endpoint of others; ours have their API below `/v1` and know the model by its access name. */
  upstream?: UpstreamTarget;
}

/** How an endpoint of others is called. */
export interface UpstreamTarget {
  /** Path of its API, e.g. `/api/v1`; empty for the root. */
  basePath: string;
  /** Name of the model there. */
  model: string;
  /** Its share of the calls beside the service's other endpoints. */
  weight: number;
  /** Calls at once from this gateway; null: no bound. */
  maxConcurrency: number | null;
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
  /** Name of its region, the host label of its endpoint. */
  region: string;
  model: {
    id: string;
    kind: "text_generation" | "image_understanding" | "image_generation" | "embedding";
    /** Of the service's instances, where their memory does not hold the model's. */
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
  find(accessName: string): CallableService | null;
  /** Live services that a workspace may call: the public ones and its own. */
  visibleTo(workspaceId: string): CallableService[];
  /** Whether there is a region of that name. */
  hasRegion(name: string): boolean;
}

/** An amount that is set apart for one call until its usage is recorded. */
export interface Hold {
  requestId: string;
  workspaceId: string;
  amountNano: bigint;
}

export interface Credit {
  /**
   * Sets an amount apart: at once where this gateway's lease has room, else after drawing more.
   * Throws `credit_balance_exhausted` where the balance cannot pay it, `billing_unavailable` where that cannot be known.
   */
  hold(requestId: string, workspaceId: string, amountNano: bigint): Hold | Promise<Hold>;
  /** Gives a hold back without a charge: the call was refused before it was admitted. */
  release(hold: Hold): void;
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

/** What is known of a call when it is admitted: enough to charge it should this process be killed. */
export type AdmittedCall = Pick<
  UsageEntry,
  "requestId" | "principal" | "service" | "modelId" | "route" | "streamed" | "price" | "startedAt"
>;

export interface Metering {
  /** False while so much waits for the database that nothing more may be admitted. */
  hasRoom(): boolean;
  /** Resolves to whether there is room again, after a moment at most; to false at once while the database is away. */
  untilRoom(): Promise<boolean>;
  /** True while the journal cannot be written: nothing more may be admitted (`storage_full`). */
  storageFull(): boolean;
  /** The call is admitted; goes to the journal within a second. */
  admitted(call: AdmittedCall, hold: Hold | null): MeteredCall;
  keyUsed(keyId: string): void;
}

/** An admitted call whose usage is metered. */
export interface MeteredCall {
  /** Tokens so far of a call that goes on; they go to the journal within a second. Cheap: called for each event. */
  progress(tokens: TokenCounts): void;
  /** Takes the entry at once, ends its hold, and writes it later. Only the first is taken. */
  record(entry: UsageEntry): void;
}

/** What a key or a workspace was charged so far, in nano-units; days and months in UTC. */
export interface Spent {
  dayNano: bigint;
  monthNano: bigint;
}

export interface Spend {
  /** What is recorded for these ids of keys and workspaces on that day and in its month. Throws `billing_unavailable`. */
  read(subjects: readonly string[], day: Date): Promise<Map<string, Spent>>;
}

/** What has been counted in the last minute against the limits of a key or a workspace, `subject` being its id. */
export interface LimitUse {
  subject: string;
  requests: number;
  tokens: number;
  /** Calls at this moment. */
  running: number;
}

export interface SharedLimits {
  /** Tells the other gateways what this one has counted; resolves to what they have, together, of the same subjects. */
  exchange(mine: readonly LimitUse[]): Promise<LimitUse[]>;
}

/** What one call came to, as its owner may see it. */
export interface Receipt {
  requestId: string;
  keyId: string | null;
  model: string;
  route: string;
  startedAt: Date;
  durationMs: number;
  status: number;
  outcome: UsageEntry["outcome"];
  errorCode: string | null;
  source: UsageEntry["source"];
  tokens: TokenCounts;
  /** Null where nothing is charged by token. */
  price: Price | null;
  costNano: bigint;
  chargeNano: bigint;
}

export interface Receipts {
  /** The receipt of a call of that workspace, else null. Throws `billing_unavailable`. */
  find(requestId: string, workspaceId: string): Promise<Receipt | null>;
}
