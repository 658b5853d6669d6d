"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.ts";
import { UnavailableButton } from "#components/ui/unavailable-button.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { IdentityProvider, OfferedProvider, SignInWays } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { useDisconnectIdentity, useStartIdentity } from "./requests.ts";

const names: Record<IdentityProvider, string> = { oidc: "SSO", github: "GitHub" };

interface ConnectedAccountsProps {
  ways: SignInWays;
  providers: OfferedProvider[];
}

/** Accounts elsewhere that sign this user in: those that are connected, and those that can be. */
export function ConnectedAccounts({ ways, providers }: ConnectedAccountsProps) {
  const t = useTranslations("settings");
  const start = useStartIdentity();
  const connected = ways.identities.filter(({ provider }) => !providers.some(({ id }) => id === provider));
  const rows = [...providers, ...connected.map(({ provider }) => ({ id: provider, name: names[provider] }))];
  return (
    <Card>
      <CardTitle>{t("connectedAccounts")}</CardTitle>
      <p className="mb-3 text-muted">{t("connectedText")}</p>
      <Outcome ways={ways} providers={rows} />
      <ul className="divide-y">
        {rows.map((provider) => (
          <Row
            key={provider.id}
            provider={provider}
            ways={ways}
            busy={(start.isPending || start.isSuccess) && start.variables?.provider === provider.id}
            onConnect={() => start.mutate({ provider: provider.id, purpose: "connect" })}
          />
        ))}
      </ul>
      <FormError error={start.error} />
    </Card>
  );
}

interface RowProps {
  provider: OfferedProvider;
  ways: SignInWays;
  busy: boolean;
  onConnect: () => void;
}

function Row({ provider, ways, busy, onConnect }: RowProps) {
  const t = useTranslations("settings");
  const disconnect = useDisconnectIdentity();
  const { id, name } = provider;
  const identity = ways.identities.find((one) => one.provider === id);
  const last = !ways.hasPassword && ways.identities.length === 1;
  return (
    <li className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
      <div className="min-w-0">
        <p className="font-medium">{name}</p>
        <p className="break-words text-label text-muted">
          {identity
            ? t.rich("connectedAs", { email: identity.email || name, time: () => <Time at={identity.createdAt} past /> })
            : t("notConnected")}
        </p>
        <FormError error={disconnect.error} />
      </div>
      {!identity ? (
        <Button size="small" busy={busy} aria-label={t("connectNamed", { name })} onClick={onConnect}>
          {t("connect")}
        </Button>
      ) : last ? (
        <UnavailableButton size="small" reason={t("lastWay")} label={t("disconnectNamed", { name })}>
          {t("disconnect")}
        </UnavailableButton>
      ) : (
        <Button
          size="small"
          busy={disconnect.isPending}
          aria-label={t("disconnectNamed", { name })}
          onClick={() => disconnect.mutate(id, { onSuccess: () => toast(t("disconnected", { name })) })}
        >
          {t("disconnect")}
        </Button>
      )}
    </li>
  );
}

/** What came of connecting, when the browser has just come back from a provider. */
function Outcome({ ways, providers }: ConnectedAccountsProps) {
  const t = useTranslations("settings");
  const auth = useTranslations("auth");
  const [params] = useUrlState();
  const error = params.get("error");
  const identity = ways.identities.find(({ provider }) => provider === params.get("connected"));
  const connected = providers.find(({ id }) => id === identity?.provider);
  if (error) {
    const key = `failure.${error}`;
    return (
      <p role="alert" className="mb-3 rounded-box border border-bad/40 px-3 py-2.5 text-table">
        {auth.has(key) ? auth(key) : auth("failure.other")}
      </p>
    );
  }
  if (!connected) return null;
  return (
    <p role="status" className="mb-3 rounded-box border border-good/40 px-3 py-2.5 text-table">
      {t("connected", { name: connected.name })}
    </p>
  );
}
