/** One line of a receipt: quantity × price = amount, in nano-units as decimal texts. */
export interface ReceiptLine {
  unit: "input_token" | "cached_input_token" | "output_token" | "image";
  quantity: number;
  price_nano: string;
  amount_nano: string;
}

/** `GET /v1/usage/{request id}`. Amounts are in nano-units (a thousand-millionth) of the currency, as decimal texts. */
export interface OpenReceipt {
  object: "usage.receipt";
  id: string;
  key_id: string | null;
  model: string;
  route: string;
  started_at: string;
  duration_ms: number;
  /** HTTP status that was sent. */
  status: number;
  outcome: "completed" | "client_gone" | "upstream_error" | "timeout";
  error_code: string | null;
  /** Where the counts come from: the engine, our own count of a cut answer, or none because nothing was answered. */
  source: "engine" | "counted" | "none";
  /** `cached_tokens` are part of the prompt's, `reasoning_tokens` of the completion's. */
  usage: {
    prompt_tokens: number;
    cached_tokens: number;
    completion_tokens: number;
    reasoning_tokens: number;
    total_tokens: number;
    images: number;
  };
  currency: string;
  /** The price version; null where nothing is charged by token. */
  price_id: string | null;
  lines: ReceiptLine[];
  /** The sum of the lines. */
  cost_nano: string;
  /** What was taken from the balance: never more than the cost. */
  charge_nano: string;
}
