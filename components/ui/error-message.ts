"use client";

import { useTranslations } from "next-intl";
import { ApiError } from "./api.ts";

/** Turns anything thrown into the sentence that the reader's language has for it. */
export function useErrorMessage(): (error: unknown) => string {
  const t = useTranslations("errors");
  return (error) => {
    if (!(error instanceof ApiError) || !t.has(error.code)) return t("internal_error");
    return t(error.code, { param: error.param ?? "none", ...(error.data as Record<string, string | number>) });
  };
}
