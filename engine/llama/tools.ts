/** A function that the model may call, as OpenAI writes it. */
export interface Tool {
  type: "function";
  function: { name: string; description: string; parameters: Readonly<Record<string, unknown>> };
}

/**
 * The tools with no more of their parameters than what parsing a call takes: names and plain types. The binding makes a
 * grammar of the whole, also where none is used, and would refuse schemas that it cannot write as one.
 */
export function parserTools(tools: readonly Tool[]): readonly Tool[] {
  if (tools.length === 0) return tools;
  return tools.map(({ type, function: { name, description, parameters } }) => ({
    type,
    function: { name, description, parameters: { type: "object", properties: plainProperties(parameters.properties) } },
  }));
}

function plainProperties(properties: unknown): Record<string, object> {
  if (typeof properties !== "object" || properties === null) return {};
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, plainType(schema)]));
}

function plainType(schema: unknown): object {
  const type = typeof schema === "object" && schema !== null && "type" in schema ? schema.type : null;
  return typeof type === "string" && ["string", "number", "integer", "boolean", "null", "object", "array"].includes(type) ? { type } : {};
}
