import "server-only";
import type { OfferedProvider } from "#lib/contracts/account.ts";
import { offeredProviders } from "./identity-providers.ts";
import { runtime } from "./runtime.ts";

/** What this installation offers to those who are not signed in. */
export function signInChoices(): { providers: OfferedProvider[]; sendsMail: boolean } {
  const { config, mailer } = runtime();
  return { providers: offeredProviders(config), sendsMail: mailer !== null };
}
