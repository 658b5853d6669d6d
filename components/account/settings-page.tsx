"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle, Fact, Facts } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Me, SessionView } from "#lib/contracts/account.ts";
import { useRevokeSession, useSessions } from "./requests.ts";
import { readUserAgent } from "./user-agent.ts";

export function SettingsPage({ me }: { me: Me }) {
  const t = useTranslations("auth");
  return (
    <Page title={t("settings")} description={t("settingsDescription")}>
      <Card>
        <CardTitle>{t("profile")}</CardTitle>
        <Facts>
          <Fact label={t("email")}>{me.email}</Fact>
          <Fact label={t("role")}>{t(me.role === "operator" ? "roleOperator" : "roleUser")}</Fact>
          <Fact label={t("workspaceName")}>
            <span className="font-mono text-code">{me.workspace.name}</span>
            <CopyButton text={me.workspace.name} label={t("workspaceName")} />
          </Fact>
        </Facts>
      </Card>
      <Sessions />
    </Page>
  );
}

function Sessions() {
  const t = useTranslations("auth");
  const message = useErrorMessage();
  const sessions = useSessions();
  const revoke = useRevokeSession();
  const others = sessions.data?.items.some((session) => !session.current);
  return (
    <Card>
      <CardTitle
        aside={
          others ? (
            <Button busy={revoke.isPending && revoke.variables === null} onClick={() => revoke.mutate(null)}>
              {t("endOthers")}
            </Button>
          ) : null
        }
      >
        {t("sessions")}
      </CardTitle>
      {sessions.isPending ? <Skeleton className="h-11" /> : null}
      {sessions.isError ? <ErrorState message={message(sessions.error)} onRetry={() => sessions.refetch()} /> : null}
      <ul className="divide-y">
        {sessions.data?.items.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            busy={revoke.isPending && revoke.variables === session.id}
            onEnd={() => revoke.mutate(session.id)}
          />
        ))}
      </ul>
      {revoke.isError ? (
        <p role="alert" className="mt-3 text-bad">
          {message(revoke.error)}
        </p>
      ) : null}
    </Card>
  );
}

function SessionRow({ session, busy, onEnd }: { session: SessionView; busy: boolean; onEnd: () => void }) {
  const t = useTranslations("auth");
  const agent = readUserAgent(session.userAgent);
  return (
    <li className="flex min-h-12 items-center justify-between gap-4 py-2">
      <div className="min-w-0">
        <p className="truncate">{agent ? t("browserOn", agent) : t("unknownBrowser")}</p>
        <p className="text-label text-muted">
          {t("lastSeen")} <Time at={session.lastSeenAt} />
        </p>
      </div>
      {session.current ? (
        <span className="text-label text-muted">{t("thisSession")}</span>
      ) : (
        <Button size="small" busy={busy} onClick={onEnd}>
          {t("endSession")}
        </Button>
      )}
    </li>
  );
}
