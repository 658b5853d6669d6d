"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as z from "zod/mini";
import { api } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { toast } from "#components/ui/toast.ts";
import { forgetRecent } from "./palette/recent.ts";

/** Ends the session and leaves for the sign-in page. */
export function useSignOut() {
  const t = useTranslations("shell");
  const message = useErrorMessage();
  return useMutation({
    mutationFn: () => api({ path: "/api/session", method: "DELETE", body: {}, schema: z.undefined() }),
    onSuccess: () => {
      forgetRecent();
      // A whole new page: nothing that this user saw stays in memory for the next.
      window.location.assign("/sign-in");
    },
    onError: (error) => toast.error(t("signOutFailed", { message: message(error) })),
  });
}
