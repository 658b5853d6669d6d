import type { OpenKey, OpenKeyLimit } from "#lib/contracts/openai/key.ts";
import type { Budgets } from "../policies/budgets.ts";
import type { Limiter } from "../policies/limiter.ts";
import { type CallerDeps, identify, tellLimits } from "./caller.ts";
import { type Exchange, sendJson } from "./exchange.ts";

export interface KeyDeps extends CallerDeps {
  limiter: Limiter;
  budgets: Budgets;
  /** ISO 4217. */
  currency: string;
}

/** `GET /v1/key`: what this key may do, its limits, what is left of them and when they reset. Counts against none of them. */
export async function describeKey(exchange: Exchange, deps: KeyDeps): Promise<void> {
  const { principal } = await identify(exchange, deps);
  tellLimits(exchange, principal, deps.limiter);
  const { budgets, limiter } = deps;
  for (let wait = budgets.load(principal); wait; wait = budgets.load(principal)) await wait;
  const { rules } = principal;
  const key: OpenKey = {
    object: "key",
    id: principal.keyId,
    workspace_id: principal.workspaceId,
    expires_at: rules?.expiresAt?.toISOString() ?? null,
    allowed_models: rules?.allowedModels ?? null,
    allowed_addresses: rules?.allowedAddresses ?? null,
    currency: deps.currency,
    limits: limiter.status(principal).map(
      ({ name, scope, limit, remaining, resetMs }): OpenKeyLimit => ({
        name,
        scope,
        limit,
        remaining,
        resets_at: resetMs === null ? null : new Date(Date.now() + resetMs).toISOString(),
      }),
    ),
    budgets: budgets.status(principal).map(({ name, scope, limitNano, remainingNano, resetsAt }) => ({
      name,
      scope,
      limit_nano: limitNano.toString(),
      remaining_nano: remainingNano.toString(),
      resets_at: resetsAt.toISOString(),
    })),
  };
  sendJson(exchange, 200, key);
}
