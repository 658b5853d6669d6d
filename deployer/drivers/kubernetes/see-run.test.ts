import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { labels, nonceAnnotation, runLabel } from "./names.ts";
import { seeRun } from "./see-run.ts";

const nonce = "ab".repeat(32);
const deployment: V1Deployment = { metadata: { annotations: { [nonceAnnotation]: nonce } } };
const early = "2026-01-01T10:00:00Z" as unknown as Date;
const later = "2026-01-01T10:05:00Z" as unknown as Date;

interface Change {
  ready?: boolean;
  readySince?: Date;
  containersReady?: boolean;
  started?: boolean;
  state?: object;
  lastState?: object;
  restarts?: number;
  status?: object;
  metadata?: object;
  spec?: object;
}

function pod(change: Change = {}): V1Pod {
  const { ready = false, containersReady = ready, started = ready, restarts = 0 } = change;
  const is = (type: string, holds: boolean) => ({ type, status: holds ? "True" : "False", lastTransitionTime: change.readySince ?? early });
  const state = change.state ?? { running: { startedAt: early } };
  const container = { name: "engine", image: "i", imageID: "", ready, started, restartCount: restarts, state, lastState: change.lastState };
  return {
    metadata: { name: "p", labels: { [labels.run]: runLabel(nonce) }, ...change.metadata },
    spec: { nodeName: "n1", containers: [], ...change.spec },
    status: {
      phase: "Running",
      conditions: [is("Ready", ready), is("ContainersReady", containersReady)],
      containerStatuses: [container],
      ...change.status,
    },
  };
}

const died = { terminated: { exitCode: 1, reason: "Error" } };
const removed = { deletionTimestamp: later, deletionGracePeriodSeconds: 30 };

describe("with its Deployment", () => {
  test.each([
    ["no pod yet", [], { kind: "live", phase: "starting", pod: null }],
    ["a pod that loads", [pod()], { kind: "live", phase: "starting" }],
    ["one whose startup probe has passed", [pod({ started: true })], { kind: "live", phase: "starting" }],
    ["ready", [pod({ ready: true })], { kind: "live", phase: "ready", leavingSince: null }],
    ["ready no more", [pod({ started: true, readySince: later })], { kind: "live", phase: "unreachable" }],
    ["its container ended", [pod({ state: died })], { kind: "ended", exit: "1", cause: null }],
    ["its container was started again", [pod({ lastState: died, restarts: 1 })], { kind: "ended", exit: "1", cause: null }],
    ["it answers again after a restart", [pod({ ready: true, lastState: died, restarts: 1 })], { kind: "live", phase: "ready" }],
    [
      "out of memory",
      [pod({ state: { terminated: { exitCode: 137, reason: "OOMKilled" } } })],
      { kind: "ended", exit: "137", cause: { reason: "out_of_memory", data: {} } },
    ],
    [
      "evicted, with a replacement",
      [pod({ status: { phase: "Failed", reason: "Evicted", message: "no disk" } }), pod()],
      { kind: "ended", exit: null, cause: { reason: "evicted", data: { detail: "no disk" } } },
    ],
    [
      "removed by another",
      [pod({ ready: false, metadata: { ...removed, labels: { [labels.run]: runLabel(nonce) } } })],
      { kind: "ended", cause: { reason: "evicted" } },
    ],
    ["its node is not heard of", [pod({ ready: false, containersReady: true })], { kind: "live", phase: "ready" }],
    [
      "its node is lost",
      [pod({ ready: false, containersReady: true, metadata: { ...removed, labels: { [labels.run]: runLabel(nonce) } } })],
      { kind: "ended", cause: { reason: "node_lost", data: { node: "n1" } } },
    ],
    [
      "readiness gates of others",
      [pod({ ready: false, containersReady: true, spec: { readinessGates: [{ conditionType: "x" }] } })],
      { kind: "live", phase: "starting" },
    ],
    [
      "another run's pod",
      [pod({ ready: true, metadata: { labels: { [labels.run]: "other" } } })],
      { kind: "live", phase: "starting", pod: null },
    ],
  ])("%s", (_, pods, expected) => {
    expect(seeRun(nonce, deployment, pods)).toMatchObject(expected);
  });
});

describe("without its Deployment, or with another run's", () => {
  test.each([
    ["nothing", [], { kind: "absent" }],
    [
      "a pod on its way out",
      [pod({ ready: true, metadata: { ...removed, labels: { [labels.run]: runLabel(nonce) } } })],
      { kind: "live", phase: "ready" },
    ],
    ["what a failed pod left", [pod({ status: { phase: "Failed" } })], { kind: "absent" }],
  ])("%s", (_, pods, expected) => {
    expect(seeRun(nonce, null, pods)).toMatchObject(expected);
    expect(seeRun(nonce, { metadata: { annotations: { [nonceAnnotation]: "other" } } }, pods)).toMatchObject(expected);
  });

  test("it was asked to go its grace before its time", () => {
    const leaving = pod({ metadata: { ...removed, labels: { [labels.run]: runLabel(nonce) } } });
    expect(seeRun(nonce, null, [leaving])).toMatchObject({ leavingSince: new Date("2026-01-01T10:04:30Z") });
  });
});
