import { useTranslations } from "next-intl";
import { useState } from "react";
import { ApiError } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { readService, useScale } from "./requests.ts";

/**
 * Scales from the number and the generation that the reader saw. Where somebody was faster, nothing is changed: `failure`
 * says what happened, `seen` becomes what holds now, and the reader may send again.
 */
export function useScaling(service: ServiceSummary, onDone: () => void) {
  const t = useTranslations("services");
  const message = useErrorMessage();
  const scale = useScale(service.id);
  const [seen, setSeen] = useState({ wanted: service.wantedInstances, generation: service.generation });
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function explain(error: unknown): Promise<void> {
    const stale = error instanceof ApiError && error.code === "conflict" && error.data.generation !== undefined;
    if (!stale) return setFailure(message(error));
    try {
      const fresh = await readService(service.id);
      setSeen({ wanted: fresh.wantedInstances, generation: fresh.generation });
      const changed = fresh.wantedInstances !== seen.wanted;
      setFailure(changed ? t("scaleConflict", { before: seen.wanted, after: fresh.wantedInstances }) : t("scaleConflictOther"));
    } catch (second) {
      setFailure(message(second));
    }
  }

  async function send(add: number): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      await scale.mutateAsync({ add, generation: seen.generation });
      onDone();
    } catch (error) {
      // Busy until then: a second confirmation would be of numbers that are known to be old.
      await explain(error);
    }
    setBusy(false);
  }

  return { seen, failure, busy, send };
}
