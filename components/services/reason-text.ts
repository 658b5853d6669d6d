import type { useTranslations } from "next-intl";
import { downloadProblems, type ServiceEventView, type ServiceSummary, type StateReason } from "#lib/contracts/services.ts";
import { stateProblem } from "#lib/contracts/state-problems.ts";
import { readableBytes, readableCores } from "./amounts.ts";

export type ReasonData = Record<string, string | number>;
type Translate = ReturnType<typeof useTranslations<"services">>;

/**
 * How a process ended: `code` is an exit code, a signal's name, the reason it was ended for, or `unknown`.
 * `times` counts ends in a row.
 */
function endingText(t: Translate, data: ReasonData): string {
  const code = String(data.code ?? "unknown");
  const ending = t(`ended.${endingKind(code)}`, { code: code.replace(/^signal /, "") });
  const times = Number(data.times ?? 1);
  return times > 1 ? t("endedTimes", { ending, times }) : t("endedOnce", { ending });
}

/** Reasons that a run can be ended for, in the place of a code. */
const endings = ["start_timeout", "health_lost", "start_failed", "out_of_memory", "evicted", "node_lost"] as const;

function endingKind(code: string): "code" | "signal" | (typeof endings)[number] | "unknown" {
  if (/^\d+$/.test(code)) return "code";
  if (/^SIG|^signal /.test(code)) return "signal";
  return endings.find((one) => one === code) ?? "unknown";
}

/** Sentences that name their values, and the values that each needs; without them the plain sentence stands. */
const detailed = {
  instances_starting: ["ready", "wanted"],
  some_not_ready: ["ready", "wanted"],
  start_timeout: ["seconds"],
  weights_missing: ["file"],
  start_failed: ["detail"],
  download_failed: ["detail"],
  unschedulable: ["detail"],
  image_pull_failed: ["image", "detail"],
  evicted: ["detail"],
  node_lost: ["node"],
  region_unreachable: ["detail"],
  upstream_unreachable: ["detail"],
  upstream_model_missing: ["model"],
} as const;

/** The sentence of a reason with those of its values that there are. */
function reasonSentence(t: Translate, reason: Exclude<StateReason, "">, data: ReasonData): string {
  if (reason === "process_exited") return endingText(t, data);
  if (reason === "insufficient_capacity") return capacityText(t, data);
  if (reason === "downloading_weights") return downloadText(t, data);
  if (reason === "disk_full") return diskText(t, data);
  const problem = downloadProblems.find((one) => one === data.problem);
  if (reason === "download_failed" && problem) return t(`downloadProblems.${problem}`);
  if (!(reason in detailed)) return t(`reasons.${reason}`);
  const known = reason as keyof typeof detailed;
  if (!detailed[known].every((name) => data[name] !== undefined)) return t(`reasons.${reason}`);
  return data.detail === undefined ? t(`detailed.${known}`, data) : problemSentence(t, known, data);
}

/** What another program said is told in words of ours, where it is known; its own, which are English, are quoted behind them. */
function problemSentence(t: Translate, reason: keyof typeof detailed, data: ReasonData): string {
  const known = stateProblem(reason, data);
  if (!known) return t(`detailed.${reason}`, { ...data, detail: t("problemQuoted", { text: String(data.detail) }) });
  const sentence = t(`detailed.${reason}`, { ...data, detail: t(`problems.${known.problem}`, known.values) });
  return known.original === null ? sentence : t("problemOriginal", { sentence, text: known.original });
}

/** "Needs 9.2 GB of memory, 6.1 GB free." */
function capacityText(t: Translate, { resource, needs, free }: ReasonData): string {
  if (needs === undefined || free === undefined) return t("reasons.insufficient_capacity");
  if (resource === "memory") {
    const [needed, left] = [readableBytes(Number(needs)), readableBytes(Number(free))];
    return t("capacity.memory", { needs: needed.amount, needsUnit: needed.unit, free: left.amount, freeUnit: left.unit });
  }
  if (resource === "cpu") return t("capacity.cpu", { needs: readableCores(Number(needs)), free: readableCores(Number(free)) });
  return t("capacity.gpu", { needs: Number(needs), free: Number(free) });
}

/** "Downloading the weights, 143 MB of 398 MB, 12 MB/s." */
function downloadText(t: Translate, { doneBytes, totalBytes, bytesPerSecond }: ReasonData): string {
  if (doneBytes === undefined) return t("reasons.downloading_weights");
  const done = readableBytes(Number(doneBytes));
  const rate = readableBytes(Number(bytesPerSecond ?? 0));
  const values = { done: done.amount, doneUnit: done.unit, rate: rate.amount, rateUnit: rate.unit };
  if (totalBytes === undefined) return t("download.unknown", values);
  const total = readableBytes(Number(totalBytes));
  return t("download.known", { ...values, total: total.amount, totalUnit: total.unit });
}

function diskText(t: Translate, { needsBytes, freeBytes }: ReasonData): string {
  if (needsBytes === undefined || freeBytes === undefined) return t("reasons.disk_full");
  const [needs, free] = [readableBytes(Number(needsBytes)), readableBytes(Number(freeBytes))];
  return t("capacity.disk", { needs: needs.amount, needsUnit: needs.unit, free: free.amount, freeUnit: free.unit });
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

/** What happened, as a sentence; what others said of it, in their words, stands apart from it. */
export function eventText(t: Translate, { kind, data }: Pick<ServiceEventView, "kind" | "data">): string {
  if (kind === "instance_exited") return withRetry(t, endingText(t, data), data);
  if (kind === "scale_requested" && data.from !== undefined && data.to !== undefined) return t("events.scale_requested_counts", data);
  if (kind === "retry_requested" && data.to !== undefined && data.from !== data.to) return t("events.retry_requested_change", data);
  if (kind === "weights_downloaded" && data.bytes !== undefined && data.seconds !== undefined) {
    const { amount, unit } = readableBytes(Number(data.bytes));
    return t("events.weights_downloaded_size", { amount, unit, seconds: Number(data.seconds) });
  }
  return t(`events.${kind}`);
}
