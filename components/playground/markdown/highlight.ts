import type { GrammarState, HighlighterCore } from "shiki/core";
import type { CodeLine } from "#components/ui/code.tsx";
import { grammarOf } from "./languages.ts";

/** Longer code stays as it is: colouring it would hold the page up. */
const mostChars = 40_000;
const linesAtOnce = 12;

let highlighter: Promise<HighlighterCore> | undefined;

/** Loaded with the first piece of code. Its engine is plain JavaScript: WebAssembly would need a wider Content-Security-Policy. */
function load(): Promise<HighlighterCore> {
  highlighter ??= Promise.all([import("shiki/core"), import("shiki/engine/javascript")]).then(([core, engine]) =>
    core.createHighlighterCore({
      themes: [core.createCssVariablesTheme({ name: "hydra", variablePrefix: "--code-" })],
      langs: [],
      engine: engine.createJavaScriptRegexEngine({ forgiving: true }),
    }),
  );
  return highlighter;
}

/**
 * Code in coloured pieces, line by line; null where the language is not known or the code too long. It works while the
 * page has nothing else to do, a few lines at a time, so that an answer that streams is not held up.
 */
export async function highlightCode(code: string, language: string, signal: AbortSignal): Promise<CodeLine[] | null> {
  const grammar = grammarOf(language);
  if (!grammar || code.length > mostChars) return null;
  const shiki = await load();
  if (!shiki.getLoadedLanguages().includes(grammar.name)) await shiki.loadLanguage(await grammar.load());
  const lines = code.split("\n");
  const coloured: CodeLine[] = [];
  let state: GrammarState | undefined;
  for (let from = 0; from < lines.length; from += linesAtOnce) {
    await untilIdle();
    if (signal.aborted) return null;
    const piece = lines.slice(from, from + linesAtOnce).join("\n");
    const { tokens, grammarState } = shiki.codeToTokens(piece, {
      lang: grammar.name,
      theme: "hydra",
      ...(state ? { grammarState: state } : {}),
    });
    state = grammarState;
    for (const line of tokens) coloured.push(line.map(({ content, color }) => ({ text: content, color: color ?? "inherit" })));
  }
  return coloured;
}

function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 0);
  });
}
