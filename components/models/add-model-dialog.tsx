"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { Field, Input, NativeSelect } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.ts";
import { useRefusal } from "./refusal.ts";
import { useAddModel } from "./requests.ts";

type Member = "repository" | "file" | "name" | "contextLength";

const empty = { hub: "huggingface", repository: "", file: "", name: "", contextLength: "" };

/** Asks for a repository of a hub, and brings the model that is in it. */
export function AddModelDialog({ onClose }: { onClose: () => void }) {
  const t = useTranslations("models");
  const [dirty, setDirty] = useState(false);
  return (
    <Dialog open onOpenChange={(open) => open || onClose()} title={t("add.title")} description={t("add.description")} keepOpen={dirty}>
      <AddForm onClose={onClose} onDirty={() => setDirty(true)} />
    </Dialog>
  );
}

function AddForm({ onClose, onDirty }: { onClose: () => void; onDirty: () => void }) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const router = useRouter();
  const add = useAddModel();
  const [values, setValues] = useState(empty);
  const problem = useProblem(add.error);
  const set = (member: keyof typeof empty) => (value: string) => {
    onDirty();
    setValues({ ...values, [member]: value });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (add.isPending) return;
    const { hub, repository, file, name, contextLength } = values;
    const given = {
      ...(file ? { file } : {}),
      ...(name ? { name } : {}),
      ...(contextLength ? { contextLength: Number(contextLength) } : {}),
    };
    add.mutate(
      { hub: hub === "modelscope" ? hub : "huggingface", repository, ...given },
      {
        onSuccess: (model) => {
          toast(t("add.done", { name: model.name }));
          onClose();
          router.push(`/models/${model.slug}`);
        },
      },
    );
  };
  const text = (member: Member, mono: boolean) => (
    <Field label={t(`add.${member}`)} help={t(`add.${member}Help`)} error={problem.at(member)}>
      {(control) => (
        <Input
          {...control}
          value={values[member]}
          onChange={(event) => set(member)(event.target.value)}
          required={member === "repository"}
          inputMode={member === "contextLength" ? "numeric" : "text"}
          pattern={member === "contextLength" ? "[0-9]*" : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className={mono ? "font-mono text-code" : undefined}
        />
      )}
    </Field>
  );
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Field label={t("add.hub")}>
        {(control) => (
          <NativeSelect {...control} value={values.hub} onChange={(event) => set("hub")(event.target.value)}>
            <option value="huggingface">Hugging Face</option>
            <option value="modelscope">ModelScope</option>
          </NativeSelect>
        )}
      </Field>
      {text("repository", true)}
      {text("file", true)}
      {text("name", false)}
      {text("contextLength", false)}
      {problem.general ? (
        <p role="alert" className="text-bad">
          {problem.general}
        </p>
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{common("cancel")}</Button>
        <Button type="submit" variant="primary" busy={add.isPending} disabled={values.repository.trim() === ""}>
          {t("add.submit")}
        </Button>
      </DialogActions>
    </form>
  );
}

const members: readonly string[] = ["repository", "file", "name", "contextLength"] satisfies Member[];

/** What was refused, at its field where it has one. */
function useProblem(error: unknown): { at: (member: Member) => string | undefined; general: string | null } {
  const refusal = useRefusal();
  if (!error) return { at: () => undefined, general: null };
  const said = refusal(error);
  const param = error instanceof ApiError && members.includes(error.param ?? "") ? error.param : null;
  return { at: (member) => (param === member ? said : undefined), general: param === null ? said : null };
}
