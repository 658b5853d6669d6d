"use client";

import { RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

/** Stands where content will: same size, no movement of the layout. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-control bg-hover", className)} />;
}

/** One sentence, one action. */
export function EmptyState({ title, action }: { title: string; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-card border border-dashed px-6 py-14 text-center">
      <p className="max-w-md text-muted">{title}</p>
      {action}
    </div>
  );
}

/** What happened and what to do; `requestId` is what an operator asks for. */
export function ErrorState({ message, requestId, onRetry }: { message: string; requestId?: string | null; onRetry?: () => void }) {
  const t = useTranslations("common");
  return (
    <div role="alert" className="flex flex-col items-center gap-3 rounded-card border px-6 py-12 text-center">
      <p className="max-w-md">{message}</p>
      {requestId ? <p className="font-mono text-code text-faint">{t("requestId", { id: requestId })}</p> : null}
      {onRetry ? (
        <Button onClick={onRetry}>
          <RotateCw aria-hidden />
          {t("retry")}
        </Button>
      ) : null}
    </div>
  );
}
