"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { useStop, useVerbError } from "./lifecycle.ts";
import { WholeName } from "./whole-name.tsx";

/** Stops a service; what it is stays, so no name has to be typed. */
export function StopDialog({ service, onClose }: { service: ServiceSummary; onClose: () => void }) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const explain = useVerbError();
  const stop = useStop(service.id);
  const stopped = () => {
    toast(t("stopped", { name: service.name }));
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("stopTitle", { name: service.name })}
      description={t.rich("stopConsequence", { name: () => <WholeName>{service.accessName}</WholeName> })}
    >
      {stop.isError ? (
        <p role="alert" className="text-bad">
          {explain(stop.error)}
        </p>
      ) : null}
      <DialogActions>
        <Button autoFocus onClick={onClose}>
          {common("cancel")}
        </Button>
        <Button
          variant="danger"
          busy={stop.isPending}
          onClick={() => stop.mutate({ generation: service.generation }, { onSuccess: stopped })}
        >
          {t("stop")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
