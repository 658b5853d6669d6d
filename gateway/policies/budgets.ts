import { amountToDecimal } from "#lib/money/nano.ts";
import type { CallLimits, Principal, Spend, Spent } from "../ports.ts";
import { budgetExceeded, type LimitScope } from "./limit-errors.ts";

const dayMs = 86_400_000;
const idleMs = 600_000;

/** What one key or workspace has spent and set apart on one day and in its month. */
interface Account {
  /** Recorded when it was read first. */
  base: Spent;
  /** Recorded since by others than this process: other gateways, or this one before it was restarted. */
  others: Spent;
  /** Charged by this process since. */
  ownNano: bigint;
  heldNano: bigint;
  usedMs: number;
}

interface Budget {
  scope: LimitScope;
  subject: string;
  limits: CallLimits;
}

/** An amount that counts against the budgets of a call until it has ended. */
export interface BudgetHold {
  /** What was held becomes what was charged; once or more often. */
  end(chargedNano: bigint): void;
}

export interface BudgetStatus {
  name: "budget_day" | "budget_month";
  scope: LimitScope;
  limitNano: bigint;
  remainingNano: bigint;
  resetsAt: Date;
}

/**
 * Budgets a day and a month (UTC) of keys and workspaces. Exact for one gateway: what is recorded, charged and held
 * never passes a budget. With several, what the others charge is seen once it is recorded and read, within about a second.
 */
export class Budgets {
  readonly #spend: Spend;
  readonly #currency: string;
  readonly #now: () => Date;
  /** By subject and day. */
  readonly #accounts = new Map<string, Account>();
  readonly #loading = new Map<string, Promise<void>>();
  #refreshing = false;

  constructor(spend: Spend, currency: string, now: () => Date = () => new Date()) {
    this.#spend = spend;
    this.#currency = currency;
    this.#now = now;
  }

  /** Reads what the caller's budgets have not been read of yet today; null where there is nothing to wait for. */
  load(principal: Principal): Promise<unknown> | null {
    const budgets = budgetsOf(principal);
    if (budgets.length === 0) return null;
    const day = this.#day();
    const missing = budgets.filter(({ subject }) => !this.#accounts.has(keyOf(subject, day)));
    return missing.length === 0 ? null : Promise.all(missing.map(({ subject }) => this.#load(subject, day)));
  }

  /** Sets an amount apart; to be called in the same turn as the end of `load`. Throws `budget_exceeded`. */
  hold(principal: Principal, amountNano: bigint): BudgetHold | null {
    const budgets = amountNano > 0n ? budgetsOf(principal) : [];
    if (budgets.length === 0) return null;
    const now = this.#now();
    const accounts = budgets.map((budget) => {
      const account = this.#account(budget.subject);
      const over = statusOf(budget, account, now).find(({ remainingNano }) => remainingNano < amountNano);
      if (over) throw this.#exceeded(over, now);
      return account;
    });
    for (const account of accounts) {
      account.heldNano += amountNano;
      account.usedMs = now.getTime();
    }
    let held = true;
    return {
      end(chargedNano) {
        if (!held) return;
        held = false;
        for (const account of accounts) {
          account.heldNano -= amountNano;
          account.ownNano += chargedNano;
        }
      },
    };
  }

  /** Every budget of the caller; after `load`. */
  status(principal: Principal): BudgetStatus[] {
    return budgetsOf(principal).flatMap((budget) => statusOf(budget, this.#account(budget.subject), this.#now()));
  }

  /** Reads again what is in use, for what others have charged; to be called about once a second. */
  async refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      const day = this.#day();
      const subjects = this.#inUse(day);
      if (subjects.length === 0) return;
      const spent = await this.#spend.read(subjects, day);
      for (const subject of subjects) {
        const account = this.#accounts.get(keyOf(subject, day));
        if (account) noteOthers(account, spent.get(subject) ?? nothing);
      }
    } finally {
      this.#refreshing = false;
    }
  }

  #load(subject: string, day: Date): Promise<void> {
    const key = keyOf(subject, day);
    let loading = this.#loading.get(key);
    if (!loading) {
      loading = this.#spend
        .read([subject], day)
        .then((spent) => {
          const account = {
            base: spent.get(subject) ?? nothing,
            others: { ...nothing },
            ownNano: 0n,
            heldNano: 0n,
            usedMs: this.#now().getTime(),
          };
          this.#accounts.set(key, account);
        })
        .finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  #account(subject: string): Account {
    const account = this.#accounts.get(keyOf(subject, this.#day()));
    if (!account) throw new Error(`the budget of ${subject} is not loaded`);
    return account;
  }

  /** Subjects of today's accounts; what is of another day, or long unused, is forgotten. */
  #inUse(day: Date): string[] {
    const before = this.#now().getTime() - idleMs;
    const subjects: string[] = [];
    for (const [key, account] of this.#accounts) {
      const [subject = "", of] = key.split(" ");
      if (of === textOf(day) && (account.heldNano > 0n || account.usedMs > before)) subjects.push(subject);
      else this.#accounts.delete(key);
    }
    return subjects;
  }

  #exceeded({ name, scope, limitNano, resetsAt }: BudgetStatus, now: Date): Error {
    const limit = `${amountToDecimal(limitNano)} ${this.#currency}`;
    return budgetExceeded(scope, name === "budget_day" ? "day" : "month", limit, resetsAt, now);
  }

  /** Midnight (UTC) of today. */
  #day(): Date {
    return new Date(Math.floor(this.#now().getTime() / dayMs) * dayMs);
  }
}

const nothing: Spent = { dayNano: 0n, monthNano: 0n };

function budgetsOf({ keyId, rules, workspaceId, workspaceLimits }: Principal): Budget[] {
  const budgets: Budget[] = [];
  if (keyId && rules && hasBudget(rules.limits)) budgets.push({ scope: "key", subject: keyId, limits: rules.limits });
  if (hasBudget(workspaceLimits)) budgets.push({ scope: "workspace", subject: workspaceId, limits: workspaceLimits });
  return budgets;
}

function hasBudget({ budgetDayNano, budgetMonthNano }: CallLimits): boolean {
  return budgetDayNano !== null || budgetMonthNano !== null;
}

function statusOf({ scope, limits }: Budget, { base, others, ownNano, heldNano }: Account, now: Date): BudgetStatus[] {
  const statuses: BudgetStatus[] = [];
  const add = (name: BudgetStatus["name"], limitNano: bigint, spentNano: bigint, resetsAt: number) => {
    const left = limitNano - spentNano - ownNano - heldNano;
    statuses.push({ name, scope, limitNano, remainingNano: left > 0n ? left : 0n, resetsAt: new Date(resetsAt) });
  };
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (limits.budgetDayNano !== null) {
    add("budget_day", limits.budgetDayNano, base.dayNano + others.dayNano, Date.UTC(year, month, day + 1));
  }
  if (limits.budgetMonthNano !== null) {
    add("budget_month", limits.budgetMonthNano, base.monthNano + others.monthNano, Date.UTC(year, month + 1, 1));
  }
  return statuses;
}

/** What is recorded beyond the base and our own is others'. Our own may not be recorded yet, so this only ever grows. */
function noteOthers(account: Account, recorded: Spent): void {
  const { base, others, ownNano } = account;
  const dayNano = recorded.dayNano - base.dayNano - ownNano;
  const monthNano = recorded.monthNano - base.monthNano - ownNano;
  if (dayNano > others.dayNano) others.dayNano = dayNano;
  if (monthNano > others.monthNano) others.monthNano = monthNano;
}

function keyOf(subject: string, day: Date): string {
  return `${subject} ${textOf(day)}`;
}

function textOf(day: Date): string {
  return day.toISOString().slice(0, 10);
}
