import { AppError } from "#lib/errors.ts";
import { type TokenCounts, tokenCost } from "#lib/money/usage.ts";
import type {
  AdmittedCall,
  CallableService,
  Catalog,
  Credit,
  Hold,
  MeteredCall,
  Metering,
  Price,
  Principals,
  UsageEntry,
} from "../ports.ts";
import { invalidApiKey } from "./authenticate.ts";
import type { BudgetHold, Budgets } from "./budgets.ts";
import { type Asker, checkModelAllowed, checkPurpose, findVisible, type Purpose } from "./find-service.ts";
import { type CallBound, holdAmount } from "./hold-amount.ts";
import type { Ticket } from "./limiter.ts";
import { notReady } from "./not-ready.ts";

export interface AdmitDeps {
  principals: Principals;
  catalog: Catalog;
  credit: Credit;
  budgets: Budgets;
  metering: Metering;
  /** `HYDRA_DOMAIN`. */
  domain: string;
}

/** A call that asks to be let in. */
export interface Candidate extends Asker, Pick<AdmittedCall, "requestId" | "route" | "streamed" | "startedAt"> {
  ticket: Ticket;
  model: string;
  purpose: Purpose;
  /** The most it can use of this service. Throws where the service cannot take the request. */
  bound(service: CallableService): CallBound;
}

export interface Admission {
  service: CallableService;
  /** Tokens so far; cheap. */
  progress(tokens: TokenCounts): void;
  /** Hands the usage over, and gives back of all limits what it did not use. */
  end(entry: UsageEntry): void;
}

/**
 * Lets a call in, or throws. In this order: model, rights, price, token limits, budgets and balance, route. Every call
 * that is let in leaves a usage record. Between the last wait and the admission there is no other: what was taken away
 * meanwhile, a key or an instance, counts.
 */
export function admit(candidate: Candidate, deps: AdmitDeps): Admission | Promise<Admission> {
  if (deps.metering.hasRoom()) return seat(candidate, deps);
  // More calls end than the database takes: they come a little later, rather than not at all.
  return deps.metering.untilRoom().then((found) => {
    if (found) return seat(candidate, deps);
    callable(candidate, deps);
    throw new AppError("billing_unavailable", "Usage cannot be recorded at this moment. Try again shortly.", { retryAfterSeconds: 5 });
  });
}

function seat(candidate: Candidate, deps: AdmitDeps): Admission | Promise<Admission> {
  const { ticket } = candidate;
  const seen = callable(candidate, deps);
  const bound = candidate.bound(seen);
  ticket.reserveTokens(bound.input + bound.output);
  if (deps.metering.storageFull()) {
    throw new AppError("storage_full", "The gateway's disk is full, so that usage cannot be noted. Try again later.", {
      retryAfterSeconds: 30,
    });
  }
  const amountNano = seen.billing === "token" && seen.price ? holdAmount(bound, seen.price.rates) : null;
  const funds = setApart(candidate, amountNano, deps);
  if (!(funds instanceof Promise)) return letIn(candidate, () => seen, seen.price, funds, deps);
  // Meanwhile much may have changed.
  return funds.then((apart) => letIn(candidate, () => callable(candidate, deps), seen.price, apart, deps));
}

/** The price is the one that the amount set apart was made with. `now` is the service as it is at this moment. */
function letIn(candidate: Candidate, now: () => CallableService, seenPrice: Price | null, funds: Funds, deps: AdmitDeps): Admission {
  const { principal, ticket } = candidate;
  try {
    if (!deps.principals.stillHolds(principal)) throw invalidApiKey();
    const service = now();
    if (service.wanted !== "running" || service.instances.length === 0) throw notReady(service);
    const price = service.billing === "token" ? seenPrice : null;
    const { requestId, route, streamed, startedAt } = candidate;
    const metered = deps.metering.admitted(
      { requestId, principal, route, streamed, startedAt, price, service, modelId: service.model.id },
      funds.hold,
    );
    return {
      service: price === service.price ? service : { ...service, price },
      progress: (tokens) => metered.progress(tokens),
      end: (entry) => end(entry, funds, ticket, metered),
    };
  } catch (refused) {
    if (funds.hold) deps.credit.release(funds.hold);
    funds.budget?.end(0n);
    throw refused;
  }
}

/** The service, where this caller may call it at all. Throws `model_not_found`, `model_not_allowed`, `model_not_priced`. */
function callable(candidate: Candidate, deps: AdmitDeps): CallableService {
  const service = findVisible(candidate.model, candidate, deps);
  checkPurpose(service, candidate.purpose);
  checkModelAllowed(service, candidate.principal.rules);
  const { price } = service;
  const priced = price !== null && (candidate.purpose !== "image" || (price.rates.imageNano ?? null) !== null);
  if (service.billing === "token" && !priced) {
    throw new AppError(
      "model_not_priced",
      `The model ${service.accessName} has no price yet, so it cannot be called. Ask your operator to set one.`,
      { param: "model" },
    );
  }
  return service;
}

interface Funds {
  hold: Hold | null;
  budget: BudgetHold | null;
}

/** Sets the amount apart in the budgets and in the balance, at once where both are known; null: the call costs nothing. */
function setApart(candidate: Candidate, amountNano: bigint | null, deps: AdmitDeps): Funds | Promise<Funds> {
  if (amountNano === null) return { hold: null, budget: null };
  const loading = deps.budgets.load(candidate.principal);
  if (loading) return loading.then(() => setApart(candidate, amountNano, deps));
  return draw(candidate, amountNano, deps.budgets.hold(candidate.principal, amountNano), deps);
}

function draw({ requestId, principal }: Candidate, amountNano: bigint, budget: BudgetHold | null, { credit }: AdmitDeps) {
  const giveBack = (refused: unknown) => {
    budget?.end(0n);
    throw refused;
  };
  try {
    const hold = credit.hold(requestId, principal.workspaceId, amountNano);
    return hold instanceof Promise ? hold.then((held): Funds => ({ hold: held, budget }), giveBack) : { hold, budget };
  } catch (refused) {
    return giveBack(refused);
  }
}

function end(entry: UsageEntry, { hold, budget }: Funds, ticket: Ticket, metered: MeteredCall): void {
  metered.record(entry);
  ticket.settleTokens(entry.tokens.input + entry.tokens.output);
  if (!hold || !budget) return;
  const costNano = entry.price && entry.source !== "none" ? tokenCost(entry.tokens, entry.price.rates) : 0n;
  budget.end(costNano < hold.amountNano ? costNano : hold.amountNano);
}
