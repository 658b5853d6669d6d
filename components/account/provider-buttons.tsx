"use client";

import { KeyRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import type { OfferedProvider } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { useStartIdentity } from "./requests.ts";

/** Ways to sign in with an account elsewhere; nothing where this installation offers none. */
export function ProviderButtons({ providers, next }: { providers: OfferedProvider[]; next: string }) {
  const t = useTranslations("auth");
  const start = useStartIdentity();
  if (providers.length === 0) return null;
  return (
    <div className="mt-2 flex flex-col gap-2">
      <p className="flex items-center gap-3 text-label text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t("or")}
      </p>
      {providers.map(({ id, name }) => {
        const busy = (start.isPending || start.isSuccess) && start.variables?.provider === id;
        return (
          <Button key={id} busy={busy} onClick={() => start.mutate({ provider: id, purpose: "sign-in", next })}>
            {busy ? null : <KeyRound strokeWidth={1.75} aria-hidden />}
            {t("continueWith", { name })}
          </Button>
        );
      })}
      <FormError error={start.error} />
    </div>
  );
}
