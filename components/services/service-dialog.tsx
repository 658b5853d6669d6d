"use client";

import type { ServiceSummary } from "#lib/contracts/services.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { ScaleDialog } from "./scale-dialog.tsx";
import type { ServiceDialogKind } from "./service-actions.tsx";
import { StopDialog } from "./stop-dialog.tsx";

interface ServiceDialogProps {
  kind: ServiceDialogKind;
  service: ServiceSummary;
  currency: string;
  onClose: () => void;
}

/** What the list of services asks before it changes one. */
export function ServiceDialog({ kind, service, currency, onClose }: ServiceDialogProps) {
  if (kind === "scale") return <ScaleDialog service={service} currency={currency} onClose={onClose} />;
  if (kind === "stop") return <StopDialog service={service} onClose={onClose} />;
  if (kind === "delete") return <DeleteDialog service={service} onClose={onClose} />;
  return null;
}
