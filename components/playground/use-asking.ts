"use client";

import { useTranslations } from "next-intl";
import { useContext, useMemo, useRef, useState } from "react";
import { toast } from "#components/ui/toast.ts";
import type { TrialCodeInput } from "#lib/contracts/trial.ts";
import { codeInputOf } from "./code/code-input.ts";
import { DraftsContext } from "./composer/use-draft.ts";
import type { Question } from "./conversation/message.ts";
import type { AskSettings, Session, SessionState } from "./conversation/session.ts";
import { type NumberParameter, toParameters } from "./parameter-values.ts";
import type { Target } from "./requests.ts";
import type { TurnActions } from "./transcript/turn-actions.ts";

interface Asking {
  session: Session;
  state: SessionState;
  target: Target | null;
  wrong: NumberParameter[];
  onOtherModel: () => void;
  onOpen: (id: null) => void;
  serviceIdOf: (accessName: string | null) => string | null;
}

/** How a question is asked now, why it cannot be, and what can be done with the messages. */
export function useAsking(asking: Asking) {
  const { session, state, target, wrong } = asking;
  const t = useTranslations("playground");
  const drafts = useContext(DraftsContext);
  const [editing, setEditing] = useState<string | null>(null);
  const settings: AskSettings | null =
    target && wrong.length === 0
      ? { accessName: target.accessName, system: state.values.system.trim(), parameters: toParameters(state.values) }
      : null;
  const blocked = blockedBecause(t, asking);
  const now = useRef({ asking, settings });
  now.current = { asking, settings };
  const able = settings !== null && target?.ready === true;
  const actions = useMemo((): TurnActions => {
    const withSettings = (work: (settings: AskSettings) => void) => now.current.settings && work(now.current.settings);
    return {
      askAgain: able ? (id, change) => withSettings((how) => session.askAgain(id, how, change)) : null,
      askWithoutContext: able ? (id) => withSettings((how) => session.askAlone(id, how)) : null,
      edit: setEditing,
      remove(...ids) {
        const undo = session.remove(...ids);
        toast(t("deleted", { count: ids.length }), { action: { label: t("undo"), onClick: undo } });
      },
      chooseModel: () => now.current.asking.onOtherModel(),
      newConversation: () => now.current.asking.onOpen(null),
      serviceIdOf: (name) => now.current.asking.serviceIdOf(name),
      draftPlace: (id) => `${id}:edit`,
    };
  }, [able, session, t]);
  return {
    actions,
    settings,
    blocked,
    editing,
    ask: (question: Question) => settings && session.ask(question, settings),
    editLast: () => setEditing(state.messages.findLast((message) => message.role === "user")?.id ?? null),
    codeInput: (how: AskSettings): TrialCodeInput =>
      codeInputOf(state.messages, drafts?.read(session.place).text ?? "", t("codeQuestion"), how),
  };
}

function blockedBecause(t: (key: string) => string, { target, wrong, state }: Asking): string | null {
  if (target === null) return state.accessName === "" ? t("chooseModel") : t("modelGone");
  if (!target.ready) return t("notReady");
  return wrong.length > 0 ? t("fixParameters") : null;
}
