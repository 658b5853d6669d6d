"use client";

import { useRouter } from "next/navigation";

const localeCookie = "hydra-locale";
const yearSeconds = 31_536_000;

/** Each language by its own name. */
export const languages = [
  { id: "en", name: "English" },
  { id: "zh", name: "简体中文" },
] as const;

/** Changes the console's language, on this browser and for the page that is open. */
export function useChooseLanguage(): (language: string) => void {
  const router = useRouter();
  return (language) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox before 140
    document.cookie = `${localeCookie}=${language}; path=/; max-age=${yearSeconds}; samesite=lax`;
    router.refresh();
  };
}
