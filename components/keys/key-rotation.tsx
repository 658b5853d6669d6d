"use client";

import { Hourglass } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";

/** For a key whose place another has taken: how long it still works, and who still uses it. Nothing for others. */
export function KeyRotation({ apiKey, onEnd }: { apiKey: ApiKeyDetail; onEnd: () => void }) {
  const t = useTranslations("keys");
  const { graceUntil, lastUsedAt, replacedBy, replaces, status } = apiKey;
  if (graceUntil && (status === "retiring" || status === "expired")) {
    return (
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border border-warn/40 bg-surface px-4 py-3">
        <Hourglass className="size-4 shrink-0 text-warn" strokeWidth={1.75} aria-hidden />
        <div className="min-w-0 flex-1 basis-60">
          <p>
            {t.rich(status === "retiring" ? "retiringUntil" : "retiredAt", { time: () => <Time at={graceUntil} /> })}{" "}
            {replacedBy ? <KeyLink id={replacedBy.id} text={t("successor", { masked: replacedBy.masked })} /> : null}
          </p>
          <p className="text-muted text-table">
            {lastUsedAt ? t.rich("oldLastUsed", { time: () => <Time at={lastUsedAt} past /> }) : t("oldNeverUsed")}
          </p>
        </div>
        {status === "retiring" ? <Button onClick={onEnd}>{t("endGraceNow")}</Button> : null}
      </div>
    );
  }
  if (!replaces) return null;
  return (
    <p className="text-muted text-table">
      {t("replaces")} <KeyLink id={replaces.id} text={replaces.masked} />
    </p>
  );
}

function KeyLink({ id, text }: { id: string; text: string }) {
  return (
    <Link href={`/keys/${id}`} className="font-medium text-accent hover:underline">
      {text}
    </Link>
  );
}
