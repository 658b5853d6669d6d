"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";

interface PresetDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Names that are there already: such a one is replaced, which the dialog says. */
  taken: string[];
  busy: boolean;
  error: string | null;
  onSave: (name: string) => void;
}

export function PresetDialog({ open, onOpenChange, taken, busy, error, onSave }: PresetDialogProps) {
  const t = useTranslations("playground");
  const common = useTranslations("common");
  const [name, setName] = useState("");
  const trimmed = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed !== "") onSave(trimmed);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("savePreset")} description={t("savePresetText")} keepOpen={trimmed !== ""}>
      <form onSubmit={submit}>
        <Field label={t("presetName")} help={taken.includes(trimmed) ? t("presetReplaced") : undefined} error={error ?? undefined}>
          {(control) => <Input maxLength={60} value={name} onChange={(event) => setName(event.target.value)} {...control} />}
        </Field>
        <DialogActions>
          <Button onClick={() => onOpenChange(false)}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={trimmed === ""}>
            {t("save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
