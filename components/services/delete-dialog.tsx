"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { useDeleteService } from "./requests.ts";
import { WholeName } from "./whole-name.tsx";

/** Deletes a service once its name has been typed exactly. */
export function DeleteDialog({ service, onClose }: { service: ServiceSummary; onClose: () => void }) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const remove = useDeleteService(service.id);
  const [typed, setTyped] = useState("");
  const reasonId = useId();
  const matches = typed === service.name;
  const deleted = () => {
    toast(t("deletionStarted", { name: service.name }));
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("deleteTitle", { name: service.name })}
      description={t.rich("deleteConsequence", { name: () => <WholeName>{service.accessName}</WholeName> })}
      keepOpen={typed !== ""}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (matches && !remove.isPending) remove.mutate(typed, { onSuccess: deleted });
        }}
      >
        <NameField name={service.name} typed={typed} onTyped={setTyped} />
        {remove.isError ? (
          <p role="alert" className="text-bad">
            {message(remove.error)}
          </p>
        ) : null}
        <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
          <p id={reasonId} className="min-w-32 flex-1 text-label text-muted">
            {matches ? t("nameMatches") : t("nameMismatch")}
          </p>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" variant="danger" disabled={!matches} busy={remove.isPending} aria-describedby={reasonId}>
            {t("delete")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function NameToType({ name }: { name: string }) {
  return <code className="select-all break-all rounded-[4px] bg-sunken px-1 font-mono text-code">{name}</code>;
}

function NameField({ name, typed, onTyped }: { name: string; typed: string; onTyped: (text: string) => void }) {
  const t = useTranslations("services");
  return (
    <Field label={<span>{t.rich("typeName", { name: () => <NameToType name={name} /> })}</span>}>
      {(control) => (
        <Input
          {...control}
          value={typed}
          onChange={(event) => onTyped(event.target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          className="font-mono text-code"
        />
      )}
    </Field>
  );
}
