import "server-only";
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

import type { CodeLine } from "#components/ui/code.tsx";

export type CodeLanguage = "bash" | "python" | "javascript" | "json";

// Colours are CSS variables, so that one markup serves both themes.
const theme = createCssVariablesTheme({ name: "hydra", variablePrefix: "--code-" });
let highlighter: Promise<HighlighterCore> | undefined;

function load(): Promise<HighlighterCore> {
  highlighter ??= createHighlighterCore({
    themes: [theme],
    langs: [
      import("shiki/langs/bash.mjs"),
      import("shiki/langs/python.mjs"),
      import("shiki/langs/javascript.mjs"),
      import("shiki/langs/json.mjs"),
    ],
    // WebAssembly would need a wider Content-Security-Policy.
    engine: createJavaScriptRegexEngine(),
  });
  return highlighter;
}

/** Code in coloured pieces, line by line; the colours are variables of globals.css. */
export async function highlight(code: string, language: CodeLanguage): Promise<CodeLine[]> {
  const { tokens } = (await load()).codeToTokens(code, { lang: language, theme: "hydra" });
  return tokens.map((line) => line.map(({ content, color }) => ({ text: content, color: color ?? "inherit" })));
}
