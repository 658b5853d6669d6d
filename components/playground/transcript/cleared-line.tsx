"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";

/** Says that the model is no longer sent what stands above. */
export function ClearedLine({ onUndo }: { onUndo: () => void }) {
  const t = useTranslations("playground");
  return (
    <div className="flex items-center gap-3 text-label text-muted">
      <span aria-hidden className="h-px flex-1 bg-line" />
      {t("contextCleared")}
      <Button variant="ghost" size="small" onClick={onUndo}>
        {t("undo")}
      </Button>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </div>
  );
}
