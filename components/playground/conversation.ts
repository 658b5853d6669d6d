"use client";

import { useSyncExternalStore } from "react";
import { ApiError } from "#components/ui/api.ts";
import type { TrialInput } from "#lib/contracts/trial.ts";
import { noParameters, type ParameterValues, type TrialSettings } from "./parameter-values.ts";
import { streamTrial } from "./stream.ts";

export interface Turn {
  id: string;
  question: string;
  answer: string;
  reasoning: string;
  status: "streaming" | "done" | "stopped" | "failed";
  error: ApiError | null;
  /** `length`: the answer reached its token limit. */
  finishReason: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  firstTokenMs: number | null;
  totalMs: number | null;
}

function newTurn(question: string): Turn {
  return {
    id: crypto.randomUUID(),
    question,
    answer: "",
    reasoning: "",
    status: "streaming",
    error: null,
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    firstTokenMs: null,
    totalMs: null,
  };
}

/** The messages of a call: system prompt, the turns that got an answer, the new question. */
function toMessages(system: string, turns: Turn[], question: string): TrialInput["messages"] {
  const past = turns.flatMap((turn): TrialInput["messages"] =>
    turn.answer
      ? [
          { role: "user", content: turn.question },
          { role: "assistant", content: turn.answer },
        ]
      : [],
  );
  return [...(system ? [{ role: "system" as const, content: system }] : []), ...past, { role: "user", content: question }];
}

interface Conversation {
  turns: Turn[];
  parameters: ParameterValues;
}

const empty: Conversation = { turns: [], parameters: noParameters };
let current = empty;
let running: AbortController | null = null;
const readers = new Set<() => void>();

// Kept outside of React, so that looking at another page neither loses the conversation nor ends an answer.
function change(next: Partial<Conversation>): void {
  current = { ...current, ...next };
  for (const reader of readers) reader();
}

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

async function run(question: string, past: Turn[], settings: TrialSettings): Promise<void> {
  const controller = new AbortController();
  running = controller;
  let turn = newTurn(question);
  const update = (news: Partial<Turn>) => {
    turn = { ...turn, ...news };
    // Cleared meanwhile: what still arrives belongs to nothing.
    if (running === controller) change({ turns: [...past, turn] });
  };
  update({});
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const { system, ...rest } = settings;
  try {
    for await (const event of streamTrial({ ...rest, messages: toMessages(system, past, question) }, controller.signal)) {
      if (event.type === "usage") update({ inputTokens: event.inputTokens, outputTokens: event.outputTokens });
      else if (event.type === "finish") update({ finishReason: event.reason });
      else {
        const firstTokenMs = turn.firstTokenMs ?? elapsed();
        if (event.type === "text") update({ answer: turn.answer + event.text, firstTokenMs });
        else update({ reasoning: turn.reasoning + event.text, firstTokenMs });
      }
    }
    update({ status: "done", totalMs: elapsed() });
  } catch (error) {
    if (controller.signal.aborted) update({ status: "stopped", totalMs: elapsed() });
    else update({ status: "failed", error: asApiError(error), totalMs: elapsed() });
  }
}

/** One conversation with one model at a time: ask, stop, ask the last question again, clear. It lasts until the tab is closed. */
export function useConversation() {
  const { turns, parameters } = useSyncExternalStore(
    subscribe,
    () => current,
    () => empty,
  );
  const last = turns.at(-1);
  return {
    turns,
    parameters,
    busy: last?.status === "streaming",
    setParameters: (values: ParameterValues) => change({ parameters: values }),
    ask: (question: string, settings: TrialSettings) => void run(question, turns, settings),
    askAgain: (settings: TrialSettings) => last && void run(last.question, turns.slice(0, -1), settings),
    stop: () => running?.abort(),
    clear: () => {
      running?.abort();
      running = null;
      change({ turns: [] });
    },
  };
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, { code: "upstream_invalid_response", message: String(error) });
}
