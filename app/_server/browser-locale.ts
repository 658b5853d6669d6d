import { cookies, headers } from "next/headers";
import { type Locale, locales } from "#lib/contracts/account.ts";

/** Not per installation: a reader's language is theirs, whichever port they look at. */
const localeCookie = "hydra-locale";

/** The language that was chosen on this browser; null where none was. */
export async function chosenLocale(): Promise<Locale | null> {
  const chosen = (await cookies()).get(localeCookie)?.value;
  return locales.find((locale) => locale === chosen) ?? null;
}

/** The first of the browser's own languages that there is, else English. */
export async function acceptedLocale(): Promise<Locale> {
  const accepted = (await headers()).get("accept-language") ?? "";
  const wanted = accepted.split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.map((language) => locales.find((locale) => locale === language)).find(Boolean) ?? "en";
}
