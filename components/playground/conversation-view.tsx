"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import { EmptyState } from "#components/ui/feedback.tsx";
import { CodeDialog } from "./code/code-dialog.tsx";
import { Composer } from "./composer/composer.tsx";
import type { Session, SessionState } from "./conversation/session.ts";
import { HistoryPanel } from "./history/history-panel.tsx";
import { wrongParameters } from "./parameter-values.ts";
import type { Target, Targets } from "./requests.ts";
import { SettingsPanel } from "./settings/settings-panel.tsx";
import { SidePanel } from "./side-panel.tsx";
import { Toolbar } from "./toolbar.tsx";
import { Transcript } from "./transcript/transcript.tsx";
import { UnkeptNotice } from "./unkept-notice.tsx";
import { useAsking } from "./use-asking.ts";

export interface ConversationViewProps {
  session: Session;
  state: SessionState;
  targets: Targets;
  search: string;
  onSearch: (text: string) => void;
  historySearch: string;
  onHistorySearch: (text: string) => void;
  /** Null: a new conversation. */
  onOpen: (id: string | null) => void;
  onModel: (accessName: string) => void;
  onDeleted: (id: string) => void;
  onRenamed: (id: string, title: string) => void;
  /** Stands in place of the messages while they are not there. */
  instead: ReactNode;
}

export function ConversationView(props: ConversationViewProps) {
  const { session, state, targets, search, onSearch, historySearch, onHistorySearch, onOpen, onModel, onDeleted, onRenamed, instead } =
    props;
  const t = useTranslations("playground");
  const [panel, setPanel] = useState<"history" | "settings" | "code" | null>(null);
  const [picking, setPicking] = useState(false);
  const target = chosenTarget(targets, state.accessName);
  const limit = longestAnswer(target);
  const wrong = wrongParameters(state.values, limit);
  const { actions, settings, blocked, editing, editLast, ask, codeInput } = useAsking({
    session,
    state,
    target,
    wrong,
    onOtherModel: () => setPicking(true),
    onOpen,
    serviceIdOf: (name) => targets.own.find((one) => one.accessName === name)?.service?.id ?? null,
  });
  // A new conversation begins with what can answer.
  useEffect(() => {
    if (state.id === null && state.accessName === "" && target) session.setModel(target.accessName);
  }, [session, state.id, state.accessName, target]);
  useStopOnEscape(session);
  const open = (id: string | null) => {
    setPanel(null);
    onOpen(id);
  };
  const found = { search: historySearch, onSearch: onHistorySearch };
  const history = <HistoryPanel shown={state.id} {...found} onOpen={open} onDeleted={onDeleted} onRenamed={onRenamed} />;
  const busy = session.busy;
  return (
    <div className="flex min-h-0 flex-1">
      <SidePanel side="left" label={t("conversations")} open={panel === "history"} onOpenChange={(on) => setPanel(on ? "history" : null)}>
        {history}
      </SidePanel>
      <section className="flex min-w-0 flex-1 flex-col" aria-label={t("conversation")}>
        <Toolbar
          picker={{
            targets,
            value: target?.accessName ?? state.accessName,
            onChange: onModel,
            open: picking,
            onOpenChange: setPicking,
            search,
            onSearch,
          }}
          clearable={state.messages.length > 0}
          contextClearable={state.messages.length > 0 && state.messages.at(-1)?.role !== "clear" && !busy}
          onClearContext={() => session.clearContext()}
          onClear={() => actions.remove(...state.messages.map((message) => message.id))}
          onCode={settings ? () => setPanel("code") : null}
          onHistory={() => setPanel("history")}
          onSettings={() => setPanel("settings")}
        />
        {state.unkept ? <UnkeptNotice error={state.unkept} onRetry={() => session.retryKeeping()} /> : null}
        {instead ?? (
          <>
            <Transcript
              messages={state.messages}
              actions={actions}
              editing={editing}
              notice={target?.demo ? <p className="rounded-box bg-sunken px-3 py-2 text-muted text-table">{t("demo")}</p> : null}
              empty={<Start />}
            />
            <Composer
              place={session.place}
              busy={busy}
              blocked={blocked}
              remedy={<Remedy target={target} wrong={wrong.length > 0} onPick={() => setPicking(true)} />}
              images={target?.kind === "image_understanding"}
              onSend={ask}
              onStop={() => session.stop()}
              onEditLast={editLast}
            />
          </>
        )}
      </section>
      <SidePanel side="right" label={t("parameters")} open={panel === "settings"} onOpenChange={(on) => setPanel(on ? "settings" : null)}>
        <div className="p-4">
          <SettingsPanel
            values={state.values}
            onChange={(values) => session.setValues(values, wrongParameters(values, limit).length === 0)}
            maxOutputTokens={limit}
            contextLength={target?.contextLength ?? null}
            wrong={wrong}
          />
        </div>
      </SidePanel>
      {settings ? (
        <CodeDialog open={panel === "code"} onOpenChange={(on) => setPanel(on ? "code" : null)} input={codeInput(settings)} />
      ) : null}
    </div>
  );
}

/** What helps where nothing can be sent: the service that is not ready, or another model. */
function Remedy({ target, wrong, onPick }: { target: Target | null; wrong: boolean; onPick: () => void }) {
  const t = useTranslations("playground");
  const looks = "font-medium text-accent underline-offset-2 hover:underline";
  if (target?.ready && wrong) return null;
  return (
    <>
      {target?.service ? (
        <Link href={`/services/${target.service.id}`} className={`${looks} mr-2`}>
          {t("steps.open_service")}
        </Link>
      ) : null}
      <button type="button" onClick={onPick} className={looks}>
        {t("steps.other_model")}
      </button>
    </>
  );
}

function Start() {
  const t = useTranslations("playground");
  return (
    <div className="m-auto w-full max-w-md">
      <EmptyState title={t("start")} />
    </div>
  );
}

/** The service that was chosen; where none was, the first that can answer. Null where the chosen one is gone. */
function chosenTarget({ shared, own }: Targets, accessName: string): Target | null {
  const talking = [...shared, ...own];
  if (accessName !== "") return talking.find((target) => target.accessName === accessName) ?? null;
  return talking.find((target) => target.ready) ?? null;
}

/** Tokens that the model writes at most; an answer must also fit into its context. */
function longestAnswer(target: Target | null): number | null {
  if (!target || target.maxOutputTokens === null) return null;
  return target.contextLength === null ? target.maxOutputTokens : Math.min(target.maxOutputTokens, target.contextLength);
}

function useStopOnEscape(session: Session) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // In a dialog, a menu or the editor of a question the key has a meaning of its own.
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector('[role="dialog"], [role="menu"]')) session.stop();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [session]);
}
