import type { useTranslations } from "next-intl";
import type { ServiceEventView, ServiceSummary, StateReason } from "#lib/contracts/services.ts";

export type ReasonData = Record<string, string | number>;
type Translate = ReturnType<typeof useTranslations<"services">>;

/**
 * How a process ended: `code` is an exit code, a signal's name, the reason it was ended for, or `unknown`.
 * `times` counts ends in a row.
 */
function endingText(t: Translate, data: ReasonData): string {
  const code = String(data.code ?? "unknown");
  const ending = t(`ended.${endingKind(code)}`, { code });
  const times = Number(data.times ?? 1);
  return times > 1 ? t("endedTimes", { ending, times }) : t("endedOnce", { ending });
}

function endingKind(code: string): "code" | "signal" | "start_timeout" | "health_lost" | "unknown" {
  if (/^\d+$/.test(code)) return "code";
  if (code.startsWith("SIG")) return "signal";
  return code === "start_timeout" || code === "health_lost" ? code : "unknown";
}

/** The sentence of a reason with those of its values that there are. */
function reasonSentence(t: Translate, reason: Exclude<StateReason, "">, data: ReasonData): string {
  const has = (...names: string[]) => names.every((name) => data[name] !== undefined);
  switch (reason) {
    case "process_exited":
      return endingText(t, data);
    case "instances_starting":
    case "some_not_ready":
      return has("ready", "wanted") ? t(`reasons.${reason}_count`, data) : t(`reasons.${reason}`);
    case "start_timeout":
      return has("seconds") ? t("reasons.start_timeout_seconds", data) : t("reasons.start_timeout");
    case "weights_missing":
      return has("file") ? t("reasons.weights_missing_file", data) : t("reasons.weights_missing");
    case "start_failed":
      return has("detail") ? t("reasons.start_failed_detail", data) : t("reasons.start_failed");
    default:
      return t(`reasons.${reason}`);
  }
}

/** Why a state is what it is; with `retry`, also when it is tried again. */
export function reasonText(t: Translate, reason: StateReason, data: ReasonData, retry = true): string {
  if (reason === "") return "";
  const sentence = reasonSentence(t, reason, data);
  return retry ? withRetry(t, sentence, data) : sentence;
}

function withRetry(t: Translate, sentence: string, data: ReasonData): string {
  if (data.retryInSeconds === undefined) return sentence;
  return t("twoSentences", { first: sentence, second: t("retryAfter", { seconds: Number(data.retryInSeconds) }) });
}

/** Why a service is neither running nor stopped; what the state itself means where no reason is given. */
export function serviceReason(t: Translate, service: Pick<ServiceSummary, "state" | "reason" | "reasonData">): string {
  const { state, reason, reasonData } = service;
  if (state === "running" || state === "stopped") return "";
  return reasonText(t, reason, reasonData) || t(`stateMeaning.${state}`);
}

/** What happened, as a sentence. */
export function eventText(t: Translate, { kind, data }: Pick<ServiceEventView, "kind" | "data">): string {
  if (kind === "instance_exited") return withRetry(t, endingText(t, data), data);
  if (kind === "scale_requested" && data.from !== undefined && data.to !== undefined) return t("events.scale_requested_counts", data);
  return t(`events.${kind}`);
}
