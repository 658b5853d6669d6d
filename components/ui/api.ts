import type * as z from "zod/mini";
import { errorBody } from "#lib/contracts/common.ts";

/** A refusal of one of the console's `/api` routes; `code` picks the sentence the reader sees. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly data: Record<string, string | number | boolean>;
  readonly requestId: string | null;

  constructor(status: number, body: { code: string; message: string; param?: string | null; data?: ApiError["data"]; requestId?: string }) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.param = body.param ?? null;
    this.data = body.data ?? {};
    this.requestId = body.requestId ?? null;
  }
}

export interface ApiRequest<Schema extends z.ZodMiniType> {
  path: string;
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  schema: Schema;
  signal?: AbortSignal | undefined;
}

/** Calls a route of ours; resolves to what its contract says, rejects with {@link ApiError}. */
export async function api<Schema extends z.ZodMiniType>(request: ApiRequest<Schema>): Promise<z.output<Schema>> {
  const { path, method = "GET", query = {}, body, schema, signal } = request;
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") search.set(name, String(value));
  const address = search.size > 0 ? `${path}?${search}` : path;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      signal: signal ?? null,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, { code: "network", message: "The console cannot be reached." });
  }
  if (!response.ok) throw await readError(response);
  return schema.parse(response.status === 204 ? undefined : await response.json());
}

/** The refusal that a response carries, also where something before us answered in another form. */
export async function readError(response: Response): Promise<ApiError> {
  const parsed = errorBody.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return new ApiError(response.status, { code: "internal_error", message: `HTTP ${response.status}` });
  return new ApiError(response.status, parsed.data.error);
}
