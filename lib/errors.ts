/**
 * The closed set of error codes of console and gateway. The code names the owner of the failure: the client's request,
 * its rights, capacity, the upstream, or the platform.
 */
export const errorStatus = {
  bad_request: 400,
  invalid_json: 400,
  invalid_type: 400,
  invalid_value: 400,
  invalid_unicode: 400,
  missing_required_parameter: 400,
  unknown_parameter: 400,
  unsupported_image_url: 400,
  request_too_complex: 400,
  context_length_exceeded: 400,
  duplicate_header: 400,
  invalid_api_key: 401,
  sign_in_required: 401,
  wrong_credentials: 401,
  reset_link_invalid: 400,
  insufficient_permissions: 403,
  address_not_allowed: 403,
  model_not_allowed: 403,
  csrf_failed: 403,
  sign_up_closed: 403,
  account_disabled: 403,
  identity_unverified: 403,
  model_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  name_taken: 409,
  model_not_available: 409,
  identity_not_linked: 409,
  identity_taken: 409,
  last_sign_in_way: 409,
  last_operator: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  invalid_host: 421,
  idempotency_key_reused: 422,
  headers_too_large: 431,
  rate_limit_exceeded: 429,
  concurrency_limit_exceeded: 429,
  too_many_attempts: 429,
  credit_balance_exhausted: 429,
  budget_exceeded: 429,
  internal_error: 500,
  upstream_error: 502,
  upstream_invalid_response: 502,
  upstream_stream_interrupted: 502,
  service_not_ready: 503,
  instance_overloaded: 503,
  billing_unavailable: 503,
  storage_full: 503,
  shutting_down: 503,
  model_not_priced: 503,
  upstream_timeout: 504,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

export interface AppErrorOptions {
  /** The member of the request that is wrong, e.g. `messages[2].content`. */
  param?: string;
  /** Values that a translated message names; public. */
  data?: Record<string, string | number | boolean>;
  /** Seconds after which trying again makes sense. */
  retryAfterSeconds?: number;
  /** What really happened; goes to the log, never to the caller. */
  cause?: unknown;
}

/** A failure with a message that its caller may read and act on. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly data: Record<string, string | number | boolean>;
  readonly retryAfterSeconds: number | null;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.param = options.param ?? null;
    this.data = options.data ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

/** Any thrown value as an AppError; what is not one becomes `internal_error` with the value as its cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError(
    "internal_error",
    "Something went wrong on our side. Try again; if it stays, quote the request id to your operator.",
    { cause: thrown },
  );
}
