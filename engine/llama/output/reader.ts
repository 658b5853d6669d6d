import type { CompletionResult, TokenData } from "../binding.ts";
import type { Delta } from "./delta.ts";

/** Makes an answer's pieces out of what the binding reports. */
export interface OutputReader {
  push(data: TokenData): Delta;
  /** What was held back, once the last token has come. */
  finish(result: CompletionResult): Delta;
}
