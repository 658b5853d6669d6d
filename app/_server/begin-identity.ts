import "server-only";
import type { IdentityProvider } from "#lib/contracts/account.ts";
import { AppError } from "#lib/errors.ts";
import { signIn } from "./auth.ts";
import { noteConnectIntent, takeConnectIntent } from "./connect-intent.ts";
import { offeredProviders } from "./identity-providers.ts";
import { runtime } from "./runtime.ts";

/**
 * The provider's page to go to. `connectTo` is the session whose account the one there is connected with; null: to sign
 * in. `not_found` where this installation does not offer the provider, `upstream_error` where it does not answer.
 */
export async function beginIdentity(provider: IdentityProvider, connectTo: string | null, next: string): Promise<string> {
  const { config } = runtime();
  if (!offeredProviders(config).some(({ id }) => id === provider)) {
    throw new AppError("not_found", "This installation does not sign in with that provider.");
  }
  if (connectTo) await noteConnectIntent(connectTo, provider);
  else await takeConnectIntent();
  let url: string;
  try {
    url = await signIn(provider, { redirect: false, redirectTo: next });
  } catch (cause) {
    throw new AppError("upstream_error", "The sign-in provider does not answer. Try again in a moment.", { cause });
  }
  // A failure inside next-auth is an address of our own.
  if (new URL(url, config.consoleUrl).origin === new URL(config.consoleUrl).origin) {
    throw new AppError("upstream_error", "The sign-in provider does not answer. Try again in a moment.");
  }
  return url;
}
