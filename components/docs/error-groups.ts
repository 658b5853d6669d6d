import { type ErrorCode, errorStatus } from "#lib/errors.ts";

/** Whose turn it is when a call fails. */
export const errorGroups = ["request", "rights", "limits", "model", "platform"] as const;
export type ErrorGroup = (typeof errorGroups)[number];

/** What the console alone answers, on its own screens and in its own words. */
type ConsoleCode =
  | "sign_in_required"
  | "wrong_credentials"
  | "reset_link_invalid"
  | "insufficient_permissions"
  | "csrf_failed"
  | "sign_up_closed"
  | "account_disabled"
  | "identity_unverified"
  | "identity_not_linked"
  | "identity_taken"
  | "last_sign_in_way"
  | "last_operator"
  | "conflict"
  | "name_taken"
  | "model_not_available"
  | "idempotency_key_reused"
  | "too_many_attempts";

/** Codes that a call to the gateway can be answered with. A new code of lib/errors.ts does not compile until it is placed here. */
export type ApiErrorCode = Exclude<ErrorCode, ConsoleCode>;

const groupOf: Record<ApiErrorCode, ErrorGroup> = {
  bad_request: "request",
  invalid_json: "request",
  invalid_type: "request",
  invalid_value: "request",
  invalid_unicode: "request",
  missing_required_parameter: "request",
  unknown_parameter: "request",
  unsupported_image_url: "request",
  request_too_complex: "request",
  context_length_exceeded: "request",
  duplicate_header: "request",
  not_found: "request",
  method_not_allowed: "request",
  request_timeout: "request",
  request_too_large: "request",
  unsupported_media_type: "request",
  invalid_host: "request",
  headers_too_large: "request",
  invalid_api_key: "rights",
  address_not_allowed: "rights",
  model_not_allowed: "rights",
  model_not_found: "rights",
  rate_limit_exceeded: "limits",
  concurrency_limit_exceeded: "limits",
  budget_exceeded: "limits",
  credit_balance_exhausted: "limits",
  service_not_ready: "model",
  instance_overloaded: "model",
  model_not_priced: "model",
  upstream_error: "model",
  upstream_invalid_response: "model",
  upstream_stream_interrupted: "model",
  upstream_timeout: "model",
  internal_error: "platform",
  billing_unavailable: "platform",
  storage_full: "platform",
  shutting_down: "platform",
};

export interface DocumentedError {
  code: ApiErrorCode;
  /** HTTP status. */
  status: number;
}

/** The codes of a group with the status that lib/errors.ts gives them, lowest first. */
export function errorsOf(group: ErrorGroup): DocumentedError[] {
  return (Object.keys(groupOf) as ApiErrorCode[])
    .filter((code) => groupOf[code] === group)
    .map((code) => ({ code, status: errorStatus[code] }))
    .sort((a, b) => a.status - b.status);
}
