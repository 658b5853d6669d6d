import { expect, test } from "vitest";
import { serviceRow } from "./rows.fixture.ts";
import type { ServiceRow, ServiceStatus } from "./snapshot.ts";
import { statusEvents } from "./write.ts";

const since = new Date("2026-01-01T12:00:00Z");
const now = new Date("2026-01-01T12:00:42Z");
const downloading = {
  state: "downloading",
  stateSince: since,
  reason: "downloading_weights",
  reasonData: { doneBytes: 90, totalBytes: 100, bytesPerSecond: 1 },
} as const;
const says = (state: ServiceStatus["state"], reason: ServiceStatus["reason"] = "", reasonData = {}): ServiceStatus => ({
  ...{ state, reason, reasonData },
  observedGeneration: 1,
});

test.each<[string, Partial<ServiceRow>, ServiceStatus, unknown[]]>([
  [
    "weights that have come",
    downloading,
    says("starting", "loading_weights"),
    [{ kind: "weights_downloaded", data: { bytes: 100, seconds: 42 } }],
  ],
  ["weights that are still coming", downloading, says("downloading", "downloading_weights", { doneBytes: 95 }), []],
  ["a service that was stopped meanwhile", { ...downloading, wanted: "stopped" }, says("stopped"), []],
  [
    "weights that did not come",
    downloading,
    says("failed", "download_failed", { detail: "404" }),
    [{ kind: "download_failed", data: { detail: "404" } }],
  ],
  ["a full disk", downloading, says("failed", "disk_full"), []],
  ["a region that is away", downloading, says("pending", "region_unreachable"), []],
  ["the same failure again", { state: "failed", reason: "download_failed" }, says("failed", "download_failed", { detail: "404" }), []],
  ["running at last", { state: "starting" }, says("running"), [{ kind: "service_running", data: {} }]],
  ["running on", { state: "running" }, says("running"), []],
  ["deleted", { state: "deleting", wanted: "deleted" }, says("deleted"), [{ kind: "service_deleted", data: {} }]],
])("the timeline tells of %s", (_, before, after, expected) => {
  expect(statusEvents(serviceRow(before), after, now)).toEqual(expected);
});
