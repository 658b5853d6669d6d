import { type AbstractIntlMessages, createTranslator } from "next-intl";
import { expect, test } from "vitest";
import { type Locale, locales } from "#lib/contracts/account.ts";
import {
  downloadProblems,
  instanceStates,
  type StateReason,
  serviceEventKinds,
  serviceStates,
  stateReasons,
} from "#lib/contracts/services.ts";
import { stateProblems } from "#lib/contracts/state-problems.ts";
import en from "../../messages/en/services.json" with { type: "json" };
import zh from "../../messages/zh/services.json" with { type: "json" };
import { eventText, type ReasonData, reasonText, serviceReason } from "./reason-text.ts";

const catalogs: Record<Locale, AbstractIntlMessages> = { en: { services: en }, zh: { services: zh } };

/** A translator that fails on what a screen would only log: a missing sentence, a missing value. */
function translator(locale: Locale) {
  return createTranslator({
    locale,
    messages: catalogs[locale],
    namespace: "services",
    onError: (error) => {
      throw error;
    },
  });
}

const full: Record<Exclude<StateReason, "">, ReasonData> = {
  waiting_for_deployer: {},
  loading_weights: {},
  instances_starting: { ready: 1, wanted: 3 },
  some_not_ready: { ready: 1, wanted: 3 },
  process_exited: { code: "SIGKILL", times: 3, retryInSeconds: 20 },
  start_timeout: { seconds: 120, retryInSeconds: 4 },
  health_lost: { seconds: 9, retryInSeconds: 4 },
  weights_missing: { file: "qwen/weights.gguf" },
  draining: {},
  start_failed: { detail: "spawn EAGAIN" },
  insufficient_capacity: { resource: "memory", needs: 9_200_000_000, free: 6_100_000_000 },
  downloading_weights: { doneBytes: 143_000_000, totalBytes: 398_000_000, bytesPerSecond: 12_000_000 },
  download_failed: { detail: "404 Not Found", retryInSeconds: 8 },
  disk_full: { needsBytes: 9_200_000_000, freeBytes: 6_100_000_000 },
  arrears: {},
  unschedulable: { detail: "no GPU" },
  image_pull_failed: { image: "vllm:1", detail: "denied" },
  out_of_memory: { retryInSeconds: 16 },
  evicted: { detail: "disk pressure" },
  node_lost: { node: "gpu-7" },
  region_unreachable: { detail: "ECONNREFUSED" },
  // Known details are told in other words: see below.
  upstream_unreachable: { detail: "it talks in riddles", retryInSeconds: 32 },
  upstream_unauthorized: {},
  upstream_model_missing: { model: "qwen3" },
};

/** As a reader is told it: billions of bytes as GB, millions as MB; a resource is named in the reader's language. */
function shown(value: string | number | undefined): string {
  if (value === undefined || value === "memory") return "";
  if (typeof value === "string" || value < 1e6) return String(value);
  return value >= 1e9 ? `${value / 1e9} GB` : `${value / 1e6} MB`;
}

for (const locale of locales) {
  const t = translator(locale);

  test.each(stateReasons.filter((reason) => reason !== ""))(`${locale}: %s says why and names its values`, (reason) => {
    const text = reasonText(t, reason, full[reason]);
    // What is known of a lost health check is that it was lost; the seconds are the deployer's setting.
    const { seconds, ...rest } = full[reason];
    const named = reason === "start_timeout" ? { ...rest, seconds } : rest;
    for (const value of Object.values(named).map(shown)) expect(text).toContain(value);
  });

  test.each(stateReasons.filter((reason) => reason !== ""))(`${locale}: %s has a sentence without values too`, (reason) => {
    expect(reasonText(t, reason, {})).not.toBe("");
  });

  test.each(downloadProblems)(`${locale}: weights that cannot be had because of %s have a sentence, and the next try`, (problem) => {
    const text = reasonText(t, "download_failed", { problem, detail: "404 Not Found", retryInSeconds: 8 });
    expect(text).toContain(t(`downloadProblems.${problem}`));
    expect(text).toContain("8");
    expect(text).not.toContain("404 Not Found");
  });

  test.each(serviceStates)(`${locale}: a service that is %s has a word, and a reason where it needs one`, (state) => {
    expect(t(`states.${state}`)).not.toBe("");
    const text = serviceReason(t, { state, reason: "", reasonData: {} });
    expect(text === "").toBe(state === "running" || state === "stopped");
  });

  test.each(instanceStates)(`${locale}: an instance that is %s has a word`, (state) => {
    expect(t(`instanceStates.${state}`)).not.toBe("");
  });

  test.each(serviceEventKinds)(`${locale}: the event %s has a sentence with and without values`, (kind) => {
    expect(eventText(t, { kind, data: {} })).not.toBe("");
    const data = { from: 17, to: 19, code: "SIGSEGV", times: 23, retryInSeconds: 29 };
    const text = eventText(t, { kind, data });
    if (kind === "scale_requested") expect(text).toMatch(/17.*19/);
    if (kind === "instance_exited") expect(text).toMatch(/SIGSEGV.*23.*29/);
  });
}

test.each(stateProblems)("%s has words in both languages, and none of English in Chinese", (problem) => {
  expect(en.problems[problem]).toMatch(/^[a-z][^.]*[^.]$/);
  const plain = zh.problems[problem].replace(/\{\w+\}|GPU|CPU|Pod|kubeconfig|[0-9]/g, "");
  expect(plain).toMatch(/[\u4e00-\u9fff]/);
  expect(plain).not.toMatch(/[A-Za-z]/);
});

test("what another program said stands in words of ours, with its own quoted behind", () => {
  const data = { resource: "gpu", detail: "0/2 nodes are available: 2 Insufficient nvidia.com/gpu." };
  expect(reasonText(translator("en"), "unschedulable", data)).toBe(
    "No node of the region can take it: none has enough free GPUs. It starts by itself when one can. In the words of the program: “0/2 nodes are available: 2 Insufficient nvidia.com/gpu.”",
  );
  expect(reasonText(translator("zh"), "unschedulable", data)).toBe(
    "该区域没有节点可以运行它：没有节点有足够的空闲 GPU。有节点可用后会自动启动。原文：“0/2 nodes are available: 2 Insufficient nvidia.com/gpu.”",
  );
  expect(reasonText(translator("zh"), "upstream_unreachable", { detail: "it refuses connections" })).toBe(
    "所依赖的上游端点没有响应：连接被拒绝。",
  );
  expect(reasonText(translator("zh"), "evicted", { detail: "who knows" })).toBe("实例被节点驱逐：“who knows”。会在其他节点重新启动。");
});

test("tells how a process ended", () => {
  const t = translator("en");
  expect(reasonText(t, "process_exited", { code: "1", times: 1 })).toBe("Exited with code 1.");
  expect(reasonText(t, "process_exited", { code: "signal 9", times: 1 })).toBe("Ended by signal 9.");
  expect(eventText(t, { kind: "instance_exited", data: { code: "out_of_memory", times: 1 } })).toBe("Ran out of memory.");
  for (const code of ["evicted", "node_lost", "start_failed", "start_timeout", "health_lost"]) {
    expect(eventText(t, { kind: "instance_exited", data: { code } }), code).not.toBe("Ended unexpectedly.");
  }
  expect(reasonText(t, "process_exited", { code: "SIGTERM", times: 2 })).toBe("Ended by signal SIGTERM, 2 times in a row.");
  expect(reasonText(t, "process_exited", { code: "health_lost", times: 1 })).toBe("Stopped answering health checks.");
  expect(reasonText(t, "process_exited", { code: "unknown", times: 1, retryInSeconds: 1 })).toBe(
    "Ended unexpectedly. Starts again after 1 second.",
  );
});
