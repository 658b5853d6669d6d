"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import type { ConversationSummary } from "#lib/contracts/conversations.ts";
import { useDeleteConversation } from "./requests.ts";

interface DeleteDialogProps {
  /** Null: closed. */
  conversation: ConversationSummary | null;
  onClose: () => void;
  onDeleted: (id: string) => void;
}

export function DeleteDialog({ conversation, onClose, onDeleted }: DeleteDialogProps) {
  const t = useTranslations("playground");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const remove = useDeleteConversation();
  const confirm = () => {
    if (!conversation) return;
    remove.mutate(conversation.id, {
      onSuccess: () => {
        onDeleted(conversation.id);
        onClose();
      },
    });
  };
  return (
    <Dialog
      open={conversation !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t("deleteConversation")}
      description={t("deleteConversationText", { title: conversation?.title ?? "" })}
    >
      {remove.isError ? (
        <p role="alert" className="text-bad">
          {message(remove.error)}
        </p>
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{common("cancel")}</Button>
        <Button variant="danger" busy={remove.isPending} onClick={confirm}>
          {t("delete")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
