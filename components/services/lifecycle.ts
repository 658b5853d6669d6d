import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ApiError, api } from "#components/ui/api.ts";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { toast } from "#components/ui/toast.ts";
import {
  type GenerationInput,
  type RetryServiceInput,
  type ServiceSummary,
  type StateReason,
  serviceDetail,
} from "#lib/contracts/services.ts";
import { useChanged } from "./requests.ts";

type Verb = "stop" | "start" | "retry";

/** Whether a service can be stopped or started: what its owner asked for last decides, not how far that is. */
export function isStopped(service: Pick<ServiceSummary, "wanted">): boolean {
  return service.wanted === "stopped";
}

/** Reasons that pass by themselves, in seconds: there is nothing to try again. */
const passing = new Set<StateReason>(["", "waiting_for_deployer", "instances_starting", "loading_weights", "draining"]);

/** Whether trying again at once, or with something changed, may help: something stands in the way of what is wanted. */
export function canRetry({ wanted, state, suspendedAt, reason }: ServiceSummary): boolean {
  if (wanted !== "running" || suspendedAt !== null || state === "running") return false;
  return state === "failed" || !passing.has(reason);
}

function useVerb<Body extends GenerationInput | RetryServiceInput>(id: string, verb: Verb) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (body: Body) => api({ path: `/api/services/${id}/${verb}`, method: "POST", body, schema: serviceDetail }),
    onSettled: changed,
  });
}

export const useStop = (id: string) => useVerb<GenerationInput>(id, "stop");
export const useRetry = (id: string) => useVerb<RetryServiceInput>(id, "retry");

/** Starts a stopped service at once: nothing is lost by it, and the price is on the page. */
export function useStart(service: ServiceSummary): { start: () => void; busy: boolean } {
  const t = useTranslations("services");
  const explain = useVerbError();
  const verb = useVerb<GenerationInput>(service.id, "start");
  const start = () =>
    verb.mutate(
      { generation: service.generation },
      { onSuccess: () => toast(t("started", { name: service.name })), onError: (error) => toast.error(explain(error)) },
    );
  return { start, busy: verb.isPending };
}

/** The sentence of a refusal; a service that was changed meanwhile has one of its own. */
export function useVerbError(): (error: unknown) => string {
  const t = useTranslations("services");
  const message = useErrorMessage();
  return (error) => (error instanceof ApiError && error.code === "conflict" ? t("changedMeanwhile") : message(error));
}
