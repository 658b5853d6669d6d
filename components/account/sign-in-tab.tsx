"use client";

import { ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import type { OfferedProvider } from "#lib/contracts/account.ts";
import { ConnectedAccounts } from "./connected-accounts.tsx";
import { PasswordCard } from "./password-card.tsx";
import { useSignInWays } from "./requests.ts";

/** Password, and accounts elsewhere. */
export function SignInTab({ providers }: { providers: OfferedProvider[] }) {
  const { data, error, refetch } = useSignInWays();
  if (!data) {
    if (error) return <ErrorState error={error} onRetry={refetch} />;
    return <Loading className="h-72" />;
  }
  const offered = providers.length > 0 || data.identities.length > 0;
  return (
    <>
      {error ? <UpdateFailed error={error} onRetry={refetch} /> : null}
      <PasswordCard hasPassword={data.hasPassword} />
      {offered ? <ConnectedAccounts ways={data} providers={providers} /> : null}
    </>
  );
}
