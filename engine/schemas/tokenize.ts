import { z } from "zod";
import { text } from "./text.ts";

/** POST /tokenize. */
export const tokenizeBody = z.strictObject({ content: text });
