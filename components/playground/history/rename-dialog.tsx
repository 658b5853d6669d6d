"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import type { ConversationSummary } from "#lib/contracts/conversations.ts";
import { useRenameConversation } from "./requests.ts";

interface RenameDialogProps {
  /** Null: closed. */
  conversation: ConversationSummary | null;
  onClose: () => void;
  onRenamed: (id: string, title: string) => void;
}

export function RenameDialog({ conversation, onClose, onRenamed }: RenameDialogProps) {
  const t = useTranslations("playground");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const rename = useRenameConversation();
  const [title, setTitle] = useState(conversation?.title ?? "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!conversation || title.trim() === "") return;
    const change = { id: conversation.id, title: title.trim() };
    rename.mutate(change, {
      onSuccess: () => {
        onRenamed(change.id, change.title);
        onClose();
      },
    });
  };
  return (
    <Dialog open={conversation !== null} onOpenChange={(open) => !open && onClose()} title={t("renameConversation")}>
      <form onSubmit={submit}>
        <Field label={t("conversationTitle")} error={rename.isError ? message(rename.error) : undefined}>
          {(control) => <Input maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} {...control} />}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" busy={rename.isPending} disabled={title.trim() === ""}>
            {t("rename")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
