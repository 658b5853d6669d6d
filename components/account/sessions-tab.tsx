"use client";

import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.ts";
import type { SessionView } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { useRevokeSession, useSessions } from "./requests.ts";
import { readUserAgent } from "./user-agent.ts";

/** Where one is signed in. */
export function SessionsTab() {
  const t = useTranslations("settings");
  const sessions = useSessions();
  const revoke = useRevokeSession();
  const others = sessions.data?.items.some((session) => !session.current);
  return (
    <Card>
      <CardTitle
        aside={
          others ? (
            <Button
              busy={revoke.isPending && revoke.variables === null}
              onClick={() => revoke.mutate(null, { onSuccess: () => toast(t("othersEnded")) })}
            >
              {t("endOthers")}
            </Button>
          ) : null
        }
      >
        {t("tabs.sessions")}
      </CardTitle>
      <p className="mb-2 text-muted">{t("sessionsText")}</p>
      {sessions.isPending ? <Loading className="h-14" /> : null}
      {sessions.isError && !sessions.data ? <ErrorState error={sessions.error} onRetry={() => sessions.refetch()} /> : null}
      {sessions.isError && sessions.data ? <UpdateFailed error={sessions.error} onRetry={() => sessions.refetch()} /> : null}
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
      <FormError error={revoke.error} />
    </Card>
  );
}

function SessionRow({ session, busy, onEnd }: { session: SessionView; busy: boolean; onEnd: () => void }) {
  const t = useTranslations("settings");
  const agent = readUserAgent(session.userAgent);
  const device = agent ? t("browserOn", agent) : t("unknownBrowser");
  return (
    <li className="flex min-h-14 items-center justify-between gap-4 py-2">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium">{device}</span>
          {session.current ? <Badge accent>{t("thisSession")}</Badge> : null}
        </p>
        <p className="flex flex-wrap gap-x-3 text-label text-muted">
          <span>
            {t("lastSeen")} <Time at={session.lastSeenAt} past />
          </span>
          <span>
            {t("signedIn")} <Time at={session.createdAt} past />
          </span>
          {session.address ? (
            <span>
              {t("from")} <span className="font-mono">{session.address}</span>
            </span>
          ) : null}
        </p>
      </div>
      {session.current ? null : (
        <Button size="small" busy={busy} aria-label={t("endSessionNamed", { device })} onClick={onEnd}>
          {t("endSession")}
        </Button>
      )}
    </li>
  );
}
