import type { z } from "zod";
import { AppError, type ErrorCode } from "#lib/errors.ts";

type Issue = z.core.$ZodIssue;

/** The value in the schema's shape, or an AppError that names the first member that is wrong, as `messages[2].content`. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw new AppError("bad_request", "The request body is not valid.", { cause: parsed.error });
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
  const param = memberName(path);
  throw new AppError(codeOf(issue), messageOf(issue, param), param === "" ? {} : { param });
}

/** An issue may carry the code that the client sees, where zod's own kind says too little. */
function codeOf(issue: Issue): ErrorCode {
  if (issue.code === "unrecognized_keys") return "unknown_parameter";
  if (issue.code === "custom" && issue.params?.code === "unknown_parameter") return "unknown_parameter";
  if (issue.code === "custom" && issue.params?.code === "invalid_unicode") return "invalid_unicode";
  if (isMissing(issue)) return "missing_required_parameter";
  return issue.code === "invalid_type" ? "invalid_type" : "invalid_value";
}

function messageOf(issue: Issue, param: string): string {
  if (param === "") return "The request body must be a JSON object.";
  if (issue.code === "unrecognized_keys") return `Unknown parameter: \`${param}\`.`;
  if (isMissing(issue)) return `Missing required parameter: \`${param}\`.`;
  return `\`${param}\`: ${issue.message}`;
}

function isMissing(issue: Issue): boolean {
  return issue.input === undefined && issue.path.length > 0;
}

function memberName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name === "" ? String(part) : `${name}.${String(part)}`;
  }, "");
}
