"use client";

import { RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

/** Reads a list again; turns while it is read. */
export function RefreshButton({ busy, onRefresh }: { busy: boolean; onRefresh: () => unknown }) {
  const t = useTranslations("common");
  return (
    <Button size="icon" aria-label={t("refresh")} title={t("refresh")} onClick={() => void onRefresh()}>
      <RotateCw strokeWidth={1.75} aria-hidden className={cn(busy && "animate-spin")} />
    </Button>
  );
}
