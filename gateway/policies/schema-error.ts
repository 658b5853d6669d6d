import type { z } from "zod";
import { AppError, type ErrorCode } from "#lib/errors.ts";
import { redactKeys } from "#lib/observability/logger.ts";

type Issue = z.core.$ZodIssue;

/** The first thing that is wrong with a body, as the error its sender gets: a code, the member, what was expected. */
export function schemaError(error: z.ZodError, body: unknown): AppError {
  const issue = deepest(error.issues[0] as Issue, []);
  if (issue.code === "unrecognized_keys") {
    const param = pathText([...issue.path, issue.keys[0] as string]);
    return new AppError("unknown_parameter", `Unknown parameter: '${param}'.`, { param });
  }
  const param = pathText(issue.path);
  const given = valueAt(body, issue.path);
  if (given === undefined) {
    return new AppError("missing_required_parameter", `Missing required parameter: '${param}'.`, { param });
  }
  const code = codeOf(issue, given);
  const word = code === "invalid_type" ? "type" : "value";
  return new AppError(code, `Invalid ${word} for '${param}': ${expectation(issue, given)}.`, { param });
}

function codeOf(issue: Issue, given: unknown): ErrorCode {
  // A JSON number such as 1e400 is no other type: it is out of range.
  if (typeof given === "number" && !Number.isFinite(given)) return "invalid_value";
  if (issue.code === "invalid_value") {
    return issue.values.some((value) => typeof value === typeof given) ? "invalid_value" : "invalid_type";
  }
  return issue.code === "invalid_type" || issue.code === "invalid_union" ? "invalid_type" : "invalid_value";
}

function expectation(issue: Issue, given: unknown): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}, got ${typeName(given)}`;
  if (issue.code === "invalid_value") {
    const choices = issue.values.map((value) => JSON.stringify(value)).join(", ");
    return issue.values.length === 1 ? `only ${choices} is supported` : `expected one of ${choices}`;
  }
  if (issue.code === "invalid_union") return `got ${typeName(given)}, which is none of the types allowed here`;
  if (issue.code === "too_small") return `it must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === "too_big") return `it must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

/** Inside a union, the branch that got furthest says best what is wrong. */
function deepest(issue: Issue, base: PropertyKey[]): Issue {
  const here = { ...issue, path: [...base, ...issue.path] };
  if (issue.code !== "invalid_union") return here;
  let best: Issue | null = null;
  for (const branch of issue.errors) {
    const first = branch[0];
    if (first && first.path.length > (best?.path.length ?? 0)) best = first;
  }
  if (best) return deepest(best, here.path);
  // Branches that differ only in which values they take: the values say more than "none of these".
  const only = issue.errors.map((branch) => branch[0]).find((first) => first?.code !== "invalid_type");
  return only ? deepest(only, here.path) : here;
}

function valueAt(body: unknown, path: PropertyKey[]): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function pathText(path: PropertyKey[]): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return redactKeys(text.replace(/^\./, "").slice(0, 200));
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
