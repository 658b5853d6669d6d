import { z } from "zod";

/**
 * What the wall does with one call. A prompt that is `wall: {…}` chooses it for that call; a wall may also be started
 * with one that holds for all its calls.
 */
export const wallScript = z.strictObject({
  /** Tokens of the answer, unless `text` gives them. */
  tokens: z.number().int().min(0).default(5),
  text: z.array(z.string()).optional(),
  /** Pads each of the `tokens` to so many characters. */
  tokenLength: z.number().int().min(0).default(0),
  reasoning: z.array(z.string()).default([]),
  toolCalls: z.boolean().default(false),
  fault: z
    .enum([
      "none",
      /** The connection breaks after `after` tokens, as when the process is killed. */
      "reset",
      /** The body ends cleanly after `after` tokens, without a finish. */
      "end",
      /** Everything but `[DONE]`, and the connection stays open. */
      "no_done",
      /** Accepts the request and never answers. */
      "hang",
      /** Silence after `after` tokens. */
      "stall",
      /** An event that is no JSON after `after` tokens. */
      "malformed",
      /** An event with an error after `after` tokens. */
      "error_event",
      /** A line that never ends, after `after` tokens. */
      "long_line",
      "html",
      /** Answers `status`, with a body that must not be passed on. */
      "status",
      /** The last character is cut in the middle, and the body ends. */
      "cut_character",
    ])
    .default("none"),
  after: z.number().int().min(0).default(0),
  /** How many calls with this `key` suffer the fault; the later ones go well. */
  times: z.number().int().min(0).optional(),
  key: z.string().default(""),
  status: z.number().int().default(500),
  retryAfter: z.string().optional(),
  message: z.string().default("secret detail of the engine"),
  /** Between two tokens. */
  delayMs: z.number().min(0).default(0),
  /** Writes the answer's bytes in two pieces, cut here. */
  splitAt: z.number().int().min(0).optional(),
  /** Whether the engine tells usage. */
  usage: z.boolean().default(true),
  /** Tokens of the prompt that it says were in its cache. */
  cached: z.number().int().min(0).default(0),
  finish: z.string().default("stop"),
  /** Images of an answer; default: as many as were asked for. */
  images: z.number().int().min(0).optional(),
});
export type WallScript = z.infer<typeof wallScript>;
export type WallScriptInput = z.input<typeof wallScript>;

/** A prompt that makes the wall do this. */
export function wallPrompt(script: WallScriptInput): string {
  return `wall: ${JSON.stringify(script)}`;
}

export function readScript(prompt: string): WallScript | null {
  return prompt.startsWith("wall: ") ? wallScript.parse(JSON.parse(prompt.slice("wall: ".length))) : null;
}
