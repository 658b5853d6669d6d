"use client";

import { memo } from "react";
import type { Message } from "../conversation/message.ts";
import { Answer } from "./answer.tsx";
import type { ProblemSteps } from "./problem.tsx";
import { QuestionEditor } from "./question-editor.tsx";
import { QuestionView } from "./question-view.tsx";
import type { TurnActions } from "./turn-actions.ts";

interface TurnProps {
  /** Null where it was deleted. */
  question: Message | null;
  answer: Message | null;
  last: boolean;
  editing: boolean;
  busy: boolean;
  actions: TurnActions;
}

/** A question and its answer. What lies outside of the view costs the browser nothing. */
export const Turn = memo(function Turn({ question, answer, last, editing, busy, actions }: TurnProps) {
  const ask = last && question && actions.askAgain && !busy ? actions.askAgain : null;
  const alone = question && actions.askWithoutContext && !busy ? actions.askWithoutContext : null;
  const steps: ProblemSteps | null =
    last && question
      ? {
          onTryAgain: ask && (() => ask(question.id)),
          onWithoutContext: alone && (() => alone(question.id)),
          onOtherModel: actions.chooseModel,
          onNewConversation: actions.newConversation,
          serviceId: actions.serviceIdOf(answer?.accessName ?? null),
        }
      : null;
  return (
    <article className="flex flex-col gap-1 pb-1 [contain-intrinsic-size:auto_240px] [content-visibility:auto]">
      {question ? (
        editing ? (
          <QuestionEditor question={question} actions={actions} busy={busy} />
        ) : (
          <QuestionView question={question} answerId={answer?.id ?? null} busy={busy} actions={actions} />
        )
      ) : null}
      {answer ? (
        <Answer
          answer={answer}
          steps={steps}
          onRegenerate={ask && question && (() => ask(question.id))}
          onRemove={() => actions.remove(answer.id)}
        />
      ) : null}
    </article>
  );
});
