import { getRequestConfig } from "next-intl/server";
import type { Locale } from "#lib/contracts/account.ts";
import { acceptedLocale, chosenLocale } from "./browser-locale.ts";
import { currentSession } from "./session.ts";

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

/** The language chosen on this browser, else the one chosen for the account, else the browser's own. */
export async function readLocale(): Promise<Locale> {
  // Where the database cannot be read, the page that says so needs a language all the same.
  const account = async () => (await currentSession().catch(() => null))?.locale;
  return (await chosenLocale()) ?? (await account()) ?? (await acceptedLocale());
}

export default getRequestConfig(async () => {
  const locale = await readLocale();
  const entries = await Promise.all(
    namespaces.map(async (name) => [name, (await import(`../../messages/${locale}/${name}.json`)).default] as const),
  );
  return { locale, messages: Object.fromEntries(entries), timeZone: "UTC" };
});
