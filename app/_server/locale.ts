import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { type Locale, locales } from "#lib/contracts/account.ts";

/** Not per installation: a reader's language is theirs, whichever port they look at. */
export const localeCookie = "hydra-locale";

/** Message files, one a feature: each is a namespace of its own. */
const namespaces = [
  "common",
  "shell",
  "auth",
  "models",
  "services",
  "keys",
  "settings",
  "playground",
  "palette",
  "pricing",
  "docs",
  "errors",
] as const;

/** The cookie's language, else the first one of the browser's that there is, else English. */
export async function readLocale(): Promise<Locale> {
  const chosen = (await cookies()).get(localeCookie)?.value;
  if (locales.includes(chosen as Locale)) return chosen as Locale;
  const accepted = (await headers()).get("accept-language") ?? "";
  const first = accepted
    .split(",")
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((language) => locales.includes(language as Locale));
  return (first as Locale | undefined) ?? "en";
}

export default getRequestConfig(async () => {
  const locale = await readLocale();
  const entries = await Promise.all(
    namespaces.map(async (name) => [name, (await import(`../../messages/${locale}/${name}.json`)).default] as const),
  );
  return { locale, messages: Object.fromEntries(entries), timeZone: "UTC" };
});
