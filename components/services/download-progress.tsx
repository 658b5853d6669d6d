"use client";

import { useTranslations } from "next-intl";
import type { ServiceSummary } from "#lib/contracts/services.ts";

/** How far a download is, where the size is known. */
export function DownloadProgress({ service }: { service: Pick<ServiceSummary, "reason" | "reasonData"> }) {
  const t = useTranslations("services");
  const { doneBytes, totalBytes } = service.reasonData;
  if (service.reason !== "downloading_weights" || !totalBytes) return null;
  const percent = Math.min(100, Math.floor((100 * Number(doneBytes ?? 0)) / Number(totalBytes)));
  return (
    <div className="flex items-center gap-3">
      <div
        role="progressbar"
        aria-label={t("download.label")}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 flex-1 overflow-hidden rounded-full bg-sunken"
      >
        <div className="h-full origin-left bg-accent transition-transform" style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <span className="w-10 text-right text-label text-muted tabular-nums">{percent}%</span>
    </div>
  );
}
