"use client";

import { Tabs } from "radix-ui";
import { useState } from "react";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";

export interface CodeSample {
  id: string;
  label: string;
  code: string;
  /** Highlighted by app/_server/highlight.ts; where missing, plain text is shown. */
  lines?: CodeLine[];
  /** Rows (from 0) that the reader must change before the code runs; they are marked. */
  editRows?: number[];
}

export type CodeLine = { text: string; color: string }[];

/** Code in one or several languages: tabs, copy, no wrapping, scrolls inside. */
export function CodeBlock({ samples, label, className }: { samples: CodeSample[]; label: string; className?: string }) {
  const [chosen, setChosen] = useState<string | undefined>();
  const shown = samples.find((sample) => sample.id === chosen) ?? samples[0];
  if (!shown) return null;
  return (
    <Tabs.Root
      value={shown.id}
      onValueChange={setChosen}
      className={cn("flex min-w-0 flex-col overflow-hidden rounded-box border bg-sunken", className)}
    >
      <div className="flex h-10 shrink-0 items-center justify-between border-b px-1">
        {samples.length > 1 ? (
          <TabList samples={samples} label={label} />
        ) : (
          <span className="px-2 font-medium text-label text-muted">{shown.label}</span>
        )}
        <CopyButton key={shown.id} text={shown.code} label={shown.label} />
      </div>
      {samples.length > 1 ? (
        samples.map((sample) => (
          <Tabs.Content key={sample.id} value={sample.id} tabIndex={-1} className="flex min-h-0 flex-1 flex-col">
            <CodeText sample={sample} label={`${label}: ${sample.label}`} />
          </Tabs.Content>
        ))
      ) : (
        <CodeText sample={shown} label={label} />
      )}
    </Tabs.Root>
  );
}

function TabList({ samples, label }: { samples: CodeSample[]; label: string }) {
  return (
    <Tabs.List aria-label={label} className="flex">
      {samples.map((sample) => (
        <Tabs.Trigger
          key={sample.id}
          value={sample.id}
          className="rounded-control px-2 py-1 font-medium text-label text-muted hover:text-ink data-[state=active]:bg-hover data-[state=active]:text-ink"
        >
          {sample.label}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  );
}

/** Focusable, so that the keyboard can scroll it. */
function CodeText({ sample, label }: { sample: CodeSample; label: string }) {
  const lines = sample.lines ?? sample.code.split("\n").map((text) => [{ text, color: "inherit" }]);
  return (
    <section
      aria-label={label}
      tabIndex={0}
      className="min-w-0 flex-1 overflow-x-auto py-4 font-mono text-code focus-visible:outline-offset-[-2px]"
    >
      <pre className="w-max min-w-full">
        <code>{lines.map((line, row) => renderLine(line, row, sample.editRows?.includes(row) ?? false))}</code>
      </pre>
    </section>
  );
}

function renderLine(line: CodeLine, row: number, edit: boolean) {
  return (
    <span key={row} className={cn("block px-4", edit && "bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]")}>
      {line.map((piece, column) => (
        <span key={column} style={{ color: piece.color }}>
          {piece.text}
        </span>
      ))}
      {"\n"}
    </span>
  );
}
