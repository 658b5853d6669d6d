import { z } from "zod";

/** Combinations of members that are kept; bodies of any other are checked against the whole schema. */
const mostKept = 64;

/**
 * The check of a strict schema, at the cost of the members that a body has. Zod visits every member that a schema knows, and
 * chat completions know some seventy where a call has five; clients send the same few combinations again and again, so each
 * gets a schema of its own. What it finds is what the whole schema finds.
 */
export function memberwise<Shape extends z.core.$ZodLooseShape, Out>(
  schema: z.ZodObject<Shape, z.core.$strict> & z.ZodType<Out>,
): (body: Record<string, unknown>) => z.ZodSafeParseResult<Out> {
  const shape: z.core.$ZodLooseShape = schema.shape;
  const required = Object.keys(shape).filter((name) => !z.safeParse(shape[name] as z.core.$ZodType, undefined).success);
  const kept = new Map<string, z.ZodType<Out>>();

  function narrowed(members: readonly string[]): z.ZodType<Out> | null {
    if (kept.size >= mostKept || !members.every((name) => Object.hasOwn(shape, name))) return null;
    // In the whole schema's order: the first thing that is wrong is what the caller is told.
    const visited = Object.keys(shape).filter((name) => members.includes(name) || required.includes(name));
    return z.strictObject(Object.fromEntries(visited.map((name) => [name, shape[name]]))) as unknown as z.ZodType<Out>;
  }

  return (body) => {
    const members = Object.keys(body);
    const combination = members.join("\n");
    let own = kept.get(combination) ?? null;
    if (!own) {
      own = narrowed(members);
      if (own) kept.set(combination, own);
    }
    return (own ?? schema).safeParse(body);
  };
}
