import { z } from "zod";
import { schemaGrammar } from "../grammar/schema-grammar.ts";
import { anyObjectGrammar } from "../grammar/write-grammar.ts";
import { isShallow } from "./nesting.ts";

const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())]).refine(isShallow, "is nested too deep");

export const responseFormat = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("text") }),
    z.strictObject({ type: z.literal("json_object") }),
    z.strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({ name: z.string().nullish(), description: z.string().nullish(), schema, strict: z.boolean().nullish() }),
    }),
  ])
  .nullish();

/** What the answer is held to; null: nothing. Throws AppError for a schema that cannot be kept. */
export function grammarOf(format: z.output<typeof responseFormat>): string | null {
  if (!format || format.type === "text") return null;
  if (format.type === "json_object") return anyObjectGrammar;
  return schemaGrammar(format.json_schema.schema, "response_format.json_schema.schema");
}
