import { expect, test } from "vitest";
import { AppError, errorStatus, toAppError } from "./errors.ts";

test("an error carries what its caller may know, and its cause apart", () => {
  const cause = new Error("password of db is hunter2");
  const error = new AppError("conflict", "Look again.", { param: "generation", data: { generation: 2 }, retryAfterSeconds: 3, cause });
  expect(error).toMatchObject({ status: 409, code: "conflict", param: "generation", data: { generation: 2 }, retryAfterSeconds: 3, cause });
  expect(new AppError("not_found", "No.")).toMatchObject({ status: 404, param: null, data: {}, retryAfterSeconds: null });
});

test("what is not an AppError becomes internal_error and tells nothing", () => {
  const known = new AppError("not_found", "No.");
  expect(toAppError(known)).toBe(known);
  for (const thrown of [new Error("secret"), "secret", undefined, { code: "not_found" }]) {
    const error = toAppError(thrown);
    expect(error).toMatchObject({ code: "internal_error", status: 500, cause: thrown });
    expect(error.message).not.toContain("secret");
  }
});

test("every code has an error status, and the ones of the gateway's table have theirs", () => {
  for (const [code, status] of Object.entries(errorStatus)) expect([code, status >= 400 && status < 600]).toEqual([code, true]);
  expect(errorStatus).toMatchObject({
    ...{ invalid_json: 400, request_too_complex: 400, invalid_api_key: 401, csrf_failed: 403, model_not_found: 404 },
    ...{ method_not_allowed: 405, request_timeout: 408, conflict: 409, request_too_large: 413, unsupported_media_type: 415 },
    ...{ invalid_host: 421, idempotency_key_reused: 422, headers_too_large: 431, rate_limit_exceeded: 429 },
    ...{ credit_balance_exhausted: 429, internal_error: 500, upstream_error: 502, service_not_ready: 503, upstream_timeout: 504 },
  });
});
