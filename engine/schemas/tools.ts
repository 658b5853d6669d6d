import { z } from "zod";
import type { Tool } from "../llama/tools.ts";
import { isShallow } from "./nesting.ts";
import { text } from "./text.ts";

const name = z.string().regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -");
const parameters = z
  .record(text, z.unknown())
  .refine(isShallow, "is nested too deep")
  .refine((value) => value.type === undefined || value.type === "object", 'must be a schema of type "object"');

const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({ name, description: text.nullish(), parameters: parameters.nullish(), strict: z.boolean().nullish() }),
});

export const toolsShape = {
  tools: z
    .array(tool)
    .max(128)
    .refine((list) => new Set(list.map((one) => one.function.name)).size === list.length, "has two functions of one name")
    .nullish(),
  tool_choice: z
    .union([z.enum(["none", "auto", "required"]), z.strictObject({ type: z.literal("function"), function: z.strictObject({ name }) })], {
      error: 'must be "none", "auto", "required" or {"type": "function", "function": {"name": …}}',
    })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};

export interface ToolUse {
  tools: Tool[];
  /** Whether the answer must be a call. */
  mustCall: boolean;
  /** Whether it may then be several. */
  parallelCalls: boolean;
}

type ToolsBody = z.output<z.ZodObject<typeof toolsShape>>;

/** Which tools the model gets to see, and whether it must call one; null where a tool is named that is not there. */
export function toolUseOf({ tools, tool_choice: choice, parallel_tool_calls: parallel }: ToolsBody): ToolUse | null {
  const all = (tools ?? []).map(({ type, function: { name, description, parameters: schema } }) => ({
    type,
    function: { name, description: description ?? "", parameters: schema ?? { type: "object", properties: {} } },
  }));
  const parallelCalls = parallel ?? true;
  if (typeof choice === "object" && choice !== null) {
    const named = all.filter((one) => one.function.name === choice.function.name);
    return named.length === 0 ? null : { tools: named, mustCall: true, parallelCalls: false };
  }
  if (choice === "required") return all.length === 0 ? null : { tools: all, mustCall: true, parallelCalls };
  return { tools: choice === "none" ? [] : all, mustCall: false, parallelCalls };
}
