"use client";

import { RotateCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "./api.ts";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { useErrorMessage } from "./error-message.ts";

/** Longer than this is said in words. */
const longMs = 5_000;

/** Stands where content will: same size, no movement of the layout; nothing to be seen of it where the content comes at once. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-wait rounded-control bg-hover", className)} />;
}

/** Stands alone for content that is being read, and says so: to screen readers at once, to all where it takes long. */
export function Loading({ className }: { className?: string }) {
  const t = useTranslations("common");
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), longMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className={cn("relative", className)}>
      <Skeleton className="size-full rounded-card" />
      <p className={long ? "absolute inset-0 grid place-items-center text-center text-muted" : "sr-only"}>
        {t(long ? "stillLoading" : "loading")}
      </p>
    </div>
  );
}

/** One sentence, one action. */
export function EmptyState({ title, action }: { title: string; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-card border border-dashed px-6 py-14 text-center">
      <p className="max-w-md text-balance text-muted">{title}</p>
      {action}
    </div>
  );
}

interface FailureProps {
  error: unknown;
  onRetry: () => unknown;
}

/** Stands where content would: what happened and what to do; the request's id is what an operator asks for. */
export function ErrorState({ error, message, onRetry }: FailureProps & { message?: string }) {
  const explain = useErrorMessage();
  return (
    <div role="alert" className="flex flex-col items-center gap-3 rounded-card border px-6 py-12 text-center">
      <p className="max-w-md text-balance">{message ?? explain(error)}</p>
      <RequestId error={error} />
      <WayOut error={error} onRetry={onRetry} />
    </div>
  );
}

/** Stands above content that could not be read again and stays as it was. */
export function UpdateFailed({ error, onRetry, className }: FailureProps & { className?: string }) {
  const t = useTranslations("common");
  const explain = useErrorMessage();
  return (
    <div role="alert" className={cn("flex flex-wrap items-center gap-x-3 gap-y-1.5 text-bad text-table", className)}>
      {t("updateFailed", { message: explain(error) })}
      <RequestId error={error} />
      <WayOut error={error} onRetry={onRetry} small />
    </div>
  );
}

/** Of a failure that is not the reader's doing. */
function RequestId({ error }: { error: unknown }) {
  const t = useTranslations("common");
  const id = error instanceof ApiError && error.status >= 500 ? error.requestId : null;
  if (!id) return null;
  return (
    <span className="flex max-w-full items-center gap-1 font-mono text-code text-muted">
      <span className="min-w-0 break-all">{t("requestId", { id })}</span>
      <CopyButton text={id} label={t("requestIdName")} className="size-7 md:size-6" />
    </span>
  );
}

/** Another try; who is no longer signed in has to sign in first, and comes back here. */
function WayOut({ error, onRetry, small = false }: FailureProps & { small?: boolean }) {
  const t = useTranslations("common");
  const size = small ? "small" : "normal";
  if (error instanceof ApiError && error.code === "sign_in_required") {
    return (
      <Button size={size} onClick={signInAgain}>
        {t("signIn")}
      </Button>
    );
  }
  return (
    <Button size={size} onClick={() => void onRetry()}>
      <RotateCw aria-hidden />
      {t("retry")}
    </Button>
  );
}

function signInAgain(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}
