"use client";

import { useTranslations } from "next-intl";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { ErrorState, Skeleton } from "#components/ui/feedback.tsx";
import type { OfferedProvider } from "#lib/contracts/account.ts";
import { ConnectedAccounts } from "./connected-accounts.tsx";
import { PasswordCard } from "./password-card.tsx";
import { useSignInWays } from "./requests.ts";

/** Password, and accounts elsewhere. */
export function SignInTab({ providers }: { providers: OfferedProvider[] }) {
  const t = useTranslations("settings");
  const message = useErrorMessage();
  const { data, error, refetch } = useSignInWays();
  if (!data) {
    if (error) return <ErrorState message={message(error)} onRetry={() => refetch()} />;
    return (
      <div role="status" aria-label={t("loading")} className="flex flex-col gap-5">
        <Skeleton className="h-72 rounded-card" />
      </div>
    );
  }
  const offered = providers.length > 0 || data.identities.length > 0;
  return (
    <>
      <PasswordCard hasPassword={data.hasPassword} />
      {offered ? <ConnectedAccounts ways={data} providers={providers} /> : null}
    </>
  );
}
