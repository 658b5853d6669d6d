"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle, Fact, Facts } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.ts";
import type { Me } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { useUpdateMe } from "./requests.ts";

const values = z.object({ name: z.string().check(z.trim(), z.minLength(1), z.maxLength(63)) });

/** Who one is here. */
export function ProfileTab({ me: first }: { me: Me }) {
  const t = useTranslations("settings");
  const update = useUpdateMe();
  // Changed on this tab and looked at again: the page's own copy is older.
  const me = useQueryClient().getQueryData<Me>(["me"]) ?? first;
  const form = useForm<z.infer<typeof values>>({ resolver: zodResolver(values), mode: "onTouched", defaultValues: { name: me.name } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit(({ name }) =>
    update.mutate(
      { name },
      {
        onSuccess: (answer) => {
          form.reset({ name: answer.name });
          toast(t("profileSaved"));
        },
      },
    ),
  );
  return (
    <Card>
      <CardTitle>{t("tabs.profile")}</CardTitle>
      <form method="post" onSubmit={submit} noValidate className="flex max-w-sm flex-col items-start gap-2">
        <Field label={t("name")} help={t("nameHelp")} error={errors.name && t("nameWrong")} className="w-full">
          {(control) => <Input autoComplete="name" {...control} {...form.register("name")} />}
        </Field>
        <FormError error={update.error} />
        <Button type="submit" variant="primary" disabled={!isDirty} busy={update.isPending}>
          {t("save")}
        </Button>
      </form>
      <div className="mt-6 border-t pt-5">
        <Facts>
          <Fact label={t("email")}>
            <span className="min-w-0 truncate" title={me.email}>
              {me.email}
            </span>
          </Fact>
          <Fact label={t("role")}>{t(me.role === "operator" ? "roleOperator" : "roleUser")}</Fact>
          <Fact label={t("workspace")}>
            <span className="font-mono text-code">{me.workspace.name}</span>
            <CopyButton text={me.workspace.name} label={t("workspace")} />
          </Fact>
        </Facts>
      </div>
    </Card>
  );
}
