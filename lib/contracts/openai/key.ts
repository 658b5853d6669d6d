/** One bound on calls; `resets_at` is when nothing of it is used any more if no call follows, null where only running calls count. */
export interface OpenKeyLimit {
  name: "requests_per_minute" | "tokens_per_minute" | "concurrency";
  scope: "key" | "workspace";
  limit: number;
  remaining: number;
  resets_at: string | null;
}

/** One bound on money, in nano-units (a thousand-millionth) of the currency, as decimal texts. */
export interface OpenKeyBudget {
  name: "budget_day" | "budget_month";
  scope: "key" | "workspace";
  limit_nano: string;
  remaining_nano: string;
  resets_at: string;
}

/** `GET /v1/key`. `id` is null for the console's own trial; null lists mean "all". */
export interface OpenKey {
  object: "key";
  id: string | null;
  workspace_id: string;
  expires_at: string | null;
  allowed_models: string[] | null;
  allowed_addresses: string[] | null;
  currency: string;
  limits: OpenKeyLimit[];
  budgets: OpenKeyBudget[];
}
