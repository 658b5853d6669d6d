"use client";

import { CircleOff, CirclePlay, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { UnavailableButton } from "#components/ui/unavailable-button.tsx";
import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";
import type { CallTarget } from "./created-key.tsx";
import { type KeyDialogKind, useSwitchKey } from "./key-actions.tsx";
import { KeyDialogs } from "./key-dialogs.tsx";
import { KeyFacts } from "./key-facts.tsx";
import { KeyGone } from "./key-gone.tsx";
import { KeyRights } from "./key-rights.tsx";
import { KeyRotation } from "./key-rotation.tsx";
import { KeyStatus } from "./key-status.tsx";
import { RecentCalls } from "./recent-calls.tsx";
import { isGone, useApiKey } from "./requests.ts";

interface KeyPageProps {
  first: ApiKeyDetail;
  target: CallTarget;
  /** A call with this key, in which the reader puts the key itself. */
  sample: ReactNode;
}

/** One key: what it is, what it may do, and what it did lately. */
export function KeyPage({ first, target, sample }: KeyPageProps) {
  const t = useTranslations("keys");
  const { data: apiKey, error, refetch } = useApiKey(first);
  const [dialog, setDialog] = useState<KeyDialogKind | null>(null);
  const [deleted, setDeleted] = useState(false);
  if (deleted || isGone(error)) return <KeyGone name={apiKey.name} />;
  return (
    <Page
      back={{ href: "/keys", label: t("title") }}
      title={<span className="break-words">{apiKey.name}</span>}
      description={<KeyStatus status={apiKey.status} />}
      action={<Actions apiKey={apiKey} onChoose={setDialog} />}
    >
      {error ? <UpdateFailed error={error} onRetry={refetch} /> : null}
      <KeyRotation apiKey={apiKey} onEnd={() => setDialog("end-grace")} />
      <KeyFacts apiKey={apiKey} />
      <KeyRights apiKey={apiKey} />
      <RecentCalls calls={apiKey.recentCalls} capped={apiKey.recentCapped} />
      <Card>
        <CardTitle>{t("sampleTitle")}</CardTitle>
        {sample}
      </Card>
      <KeyDialogs
        open={dialog && { kind: dialog, apiKey }}
        target={target}
        currency={apiKey.currency}
        onClose={() => setDialog(null)}
        onDeleted={() => setDeleted(true)}
      />
    </Page>
  );
}

function Actions({ apiKey, onChoose }: { apiKey: ApiKeyDetail; onChoose: (kind: KeyDialogKind) => void }) {
  const t = useTranslations("keys");
  const { switchKey, busy } = useSwitchKey();
  const { status } = apiKey;
  const off = status === "disabled";
  const rotate = (
    <>
      <RefreshCw strokeWidth={1.75} aria-hidden />
      {t("rotate")}
    </>
  );
  return (
    <>
      <Button onClick={() => onChoose("edit")}>
        <Pencil strokeWidth={1.75} aria-hidden />
        {t("edit")}
      </Button>
      {status === "active" ? (
        <Button onClick={() => onChoose("rotate")}>{rotate}</Button>
      ) : (
        <UnavailableButton reason={t(`noRotation.${status}`)}>{rotate}</UnavailableButton>
      )}
      <Button busy={busy} onClick={() => switchKey(apiKey)}>
        {busy ? null : off ? <CirclePlay strokeWidth={1.75} aria-hidden /> : <CircleOff strokeWidth={1.75} aria-hidden />}
        {t(off ? "enable" : "disable")}
      </Button>
      <Button onClick={() => onChoose("delete")} className="text-bad">
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("delete")}
      </Button>
    </>
  );
}
