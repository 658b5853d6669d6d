"use client";

import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import type { CallTarget } from "./created-key.tsx";
import { DeleteKeyDialog } from "./delete-dialog.tsx";
import { EditKeyDialog } from "./edit-dialog.tsx";
import { EndGraceDialog } from "./end-grace-dialog.tsx";
import type { KeyDialogKind } from "./key-actions.tsx";
import { RotateKeyDialog } from "./rotate-dialog.tsx";

interface KeyDialogsProps {
  /** Null: none is open. */
  open: { kind: KeyDialogKind; apiKey: ApiKeyView } | null;
  target: CallTarget;
  currency: string;
  onClose: () => void;
  onDeleted?: () => void;
}

/** The dialog that was asked for, on the key that it was asked for. */
export function KeyDialogs({ open, target, currency, onClose, onDeleted }: KeyDialogsProps) {
  if (!open) return null;
  const { kind, apiKey } = open;
  if (kind === "edit") return <EditKeyDialog apiKey={apiKey} currency={currency} onClose={onClose} />;
  if (kind === "rotate") return <RotateKeyDialog apiKey={apiKey} target={target} onClose={onClose} />;
  if (kind === "end-grace") return <EndGraceDialog apiKey={apiKey} onClose={onClose} />;
  return <DeleteKeyDialog apiKey={apiKey} onClose={onClose} {...(onDeleted ? { onDeleted } : {})} />;
}
