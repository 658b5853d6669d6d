"use client";

import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { ErrorState, Loading } from "#components/ui/feedback.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import type { DeletionFacts } from "#lib/contracts/account.ts";
import { formatMoney } from "#lib/money/format.ts";
import { FormError } from "./form-error.tsx";
import { useDeleteAccount, useDeletionFacts } from "./requests.ts";

/** Deletes the account: says what ends with it, and why not where it may not be. */
export function DeleteTab({ email }: { email: string }) {
  const t = useTranslations("settings");
  const facts = useDeletionFacts();
  const [asking, setAsking] = useState(false);
  return (
    <Card>
      <CardTitle>{t("tabs.delete")}</CardTitle>
      {facts.data ? <Consequences facts={facts.data} /> : null}
      {facts.isPending ? <Loading className="h-36" /> : null}
      {facts.isError && !facts.data ? <ErrorState error={facts.error} onRetry={() => facts.refetch()} /> : null}
      {facts.data?.lastOperator ? (
        <p className="mt-4 rounded-box border border-warn/40 px-3 py-2.5 text-table">{t("lastOperator")}</p>
      ) : null}
      <Button variant="danger" className="mt-4" disabled={!facts.data || facts.data.lastOperator} onClick={() => setAsking(true)}>
        {t("deleteAccount")}
      </Button>
      {asking && facts.data ? <DeleteDialog email={email} facts={facts.data} onClose={() => setAsking(false)} /> : null}
    </Card>
  );
}

function Consequences({ facts }: { facts: DeletionFacts }) {
  const t = useTranslations("settings");
  const locale = useLocale();
  const balance = formatMoney(BigInt(facts.balanceNano), { currency: facts.currency, locale }, 2);
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 marker:text-faint">
      <li>{t("endsServices", { count: facts.services })}</li>
      <li>{t("endsKeys", { count: facts.keys })}</li>
      <li>{t("endsBalance", { balance })}</li>
      <li>{t("endsConversations")}</li>
      <li>{t("staysUsage")}</li>
      <li>{t("noUndo")}</li>
    </ul>
  );
}

function DeleteDialog({ email, facts, onClose }: { email: string; facts: DeletionFacts; onClose: () => void }) {
  const t = useTranslations("settings");
  const common = useTranslations("common");
  const remove = useDeleteAccount();
  const [typed, setTyped] = useState("");
  const matches = typed.trim().toLowerCase() === email;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("deleteAccount")}
      description={<Consequences facts={facts} />}
      keepOpen={typed !== ""}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // A whole new page: nothing that this user saw stays in memory for the next.
          if (matches) remove.mutate({ confirmEmail: typed }, { onSuccess: () => window.location.assign("/sign-in") });
        }}
      >
        <Field
          label={t.rich("typeEmail", { email, b: (text) => <strong className="break-all">{text}</strong> })}
          help={matches ? "" : t("typeEmailHelp")}
        >
          {(control) => (
            <Input
              autoFocus
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              {...control}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <FormError error={remove.error} />
        <DialogActions>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" variant="danger" disabled={!matches} busy={remove.isPending || remove.isSuccess}>
            {t("deleteAccount")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
