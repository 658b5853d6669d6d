"use client";

import { useTranslations } from "next-intl";
import { memo, useEffect, useMemo, useState } from "react";
import type { CodeLine } from "#components/ui/code.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { highlightCode } from "./highlight.ts";

const linesInPiece = 40;

/** A block of code: its language, copy, and colours once its end has been written. */
export const CodeFence = memo(function CodeFence({ code, language, closed }: { code: string; language: string; closed: boolean }) {
  const t = useTranslations("playground");
  const coloured = useHighlight(code, language, closed);
  const pieces = useMemo(() => inPieces(code.split("\n")), [code]);
  return (
    <figure className="overflow-hidden rounded-box border bg-sunken">
      <figcaption className="flex h-9 items-center justify-between border-b pr-0.5 pl-3">
        <span className="font-medium text-label text-muted">{language || t("plainText")}</span>
        <CopyButton text={code} label={t("code")} />
      </figcaption>
      <section
        aria-label={t("codeIn", { language: language || t("plainText") })}
        tabIndex={0}
        className="overflow-x-auto py-3 font-mono text-code"
      >
        <pre className="w-max min-w-full px-4">
          <code>
            {coloured
              ? coloured.map((line, row) => <ColouredLine key={row} line={line} />)
              : pieces.map((piece, index) => <Lines key={index} text={piece} last={index === pieces.length - 1} />)}
          </code>
        </pre>
      </section>
    </figure>
  );
});

/** Lines above the one that is being written are drawn once. */
const Lines = memo(function Lines({ text, last }: { text: string; last: boolean }) {
  return <>{last ? text : `${text}\n`}</>;
});

const ColouredLine = memo(function ColouredLine({ line }: { line: CodeLine }) {
  return (
    <>
      {line.map((piece, column) => (
        <span key={column} style={{ color: piece.color }}>
          {piece.text}
        </span>
      ))}
      {"\n"}
    </>
  );
});

function inPieces(lines: string[]): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < lines.length; from += linesInPiece) pieces.push(lines.slice(from, from + linesInPiece).join("\n"));
  return pieces;
}

function useHighlight(code: string, language: string, closed: boolean): CodeLine[] | null {
  const [done, setDone] = useState<{ code: string; lines: CodeLine[] | null } | null>(null);
  useEffect(() => {
    if (!closed) return;
    const controller = new AbortController();
    highlightCode(code, language, controller.signal)
      .then((lines) => {
        if (!controller.signal.aborted) setDone({ code, lines });
      })
      // Colour is an ornament: without it the code reads as well.
      .catch(() => {});
    return () => controller.abort();
  }, [code, language, closed]);
  return done?.code === code ? done.lines : null;
}
