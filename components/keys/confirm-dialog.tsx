"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";

interface ConfirmKeyDialogProps {
  apiKey: ApiKeyView;
  title: string;
  /** The consequence. */
  description: string;
  confirm: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before calls with a key stop, and says who still makes them. */
export function ConfirmKeyDialog(props: ConfirmKeyDialogProps) {
  const { apiKey, title, description, confirm, busy, error, onClose, onConfirm } = props;
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const message = useErrorMessage();
  // What was asked stays in view, whatever the list says meanwhile.
  const [seen] = useState({ apiKey, title });
  const { masked, lastUsedAt } = seen.apiKey;
  return (
    <Dialog open onOpenChange={(open) => open || onClose()} title={seen.title} description={description}>
      <p className="flex flex-wrap gap-x-2 text-table">
        <span className="font-mono text-code">{masked}</span>
        <span className="text-muted">
          {lastUsedAt ? t.rich("lastUsedAt", { time: () => <Time at={lastUsedAt} past /> }) : t("neverUsed")}
        </span>
      </p>
      {error ? (
        <p role="alert" className="mt-3 text-bad">
          {message(error)}
        </p>
      ) : null}
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          {common("cancel")}
        </Button>
        <Button variant="danger" busy={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
