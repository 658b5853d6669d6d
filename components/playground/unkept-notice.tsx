"use client";

import { CloudOff } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { maxMessages } from "#lib/contracts/conversations.ts";

/** The last messages are on the screen, but not on the server yet. */
export function UnkeptNotice({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const t = useTranslations("playground");
  const message = useErrorMessage();
  const gone = error.code === "not_found";
  const full = error.code === "conflict";
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-sunken px-4 py-1.5 text-table">
      <CloudOff className="size-4 text-warn" strokeWidth={1.75} aria-hidden />
      <span className="min-w-0 flex-1">
        {gone ? t("keptElsewhereGone") : full ? t("conversationFull", { count: maxMessages }) : t("notKept", { reason: message(error) })}
      </span>
      {full ? null : (
        <Button size="small" onClick={onRetry}>
          {t(gone ? "keepAsNew" : "keepNow")}
        </Button>
      )}
    </div>
  );
}
