"use client";

import { useTranslations } from "next-intl";
import { ApiError } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";

/** Turns a refusal into the reader's language: what a hub or a file is to blame for has sentences of its own. */
export function useRefusal(): (error: unknown) => string {
  const t = useTranslations("models");
  const message = useErrorMessage();
  return (error) => {
    if (!(error instanceof ApiError)) return message(error);
    const { reason, ...values } = error.data as Record<string, string | number>;
    const key = `refused.${reason}`;
    return t.has(key) ? t(key, values) : message(error);
  };
}
