"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type Locale, me } from "#lib/contracts/account.ts";
import { api } from "./api.ts";
import { useErrorMessage } from "./error-message.ts";
import { toast } from "./toast.ts";

const localeCookie = "hydra-locale";
const yearSeconds = 31_536_000;

/** Each language by its own name. */
export const languages: readonly { id: Locale; name: string }[] = [
  { id: "en", name: "English" },
  { id: "zh", name: "简体中文" },
];

/** Changes the console's language, on this browser and for the page that is open. */
export function useChooseLanguage(): (language: Locale) => void {
  const router = useRouter();
  return (language) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox before 140
    document.cookie = `${localeCookie}=${language}; path=/; max-age=${yearSeconds}; samesite=lax`;
    router.refresh();
  };
}

/** As {@link useChooseLanguage}, and keeps it in the account, for the user's other browsers and mails. */
export function useAccountLanguage(): (language: Locale) => void {
  const t = useTranslations("common");
  const message = useErrorMessage();
  const choose = useChooseLanguage();
  const keep = useMutation({
    mutationFn: (locale: Locale) => api({ path: "/api/me", method: "PATCH", body: { locale }, schema: me }),
    onError: (error) => toast.error(t("languageNotKept", { message: message(error) })),
  });
  return (language) => {
    choose(language);
    keep.mutate(language);
  };
}
