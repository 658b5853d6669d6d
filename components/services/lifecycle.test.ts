import { expect, test } from "vitest";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { canRetry } from "./lifecycle.ts";

const failing = { wanted: "running", suspendedAt: null, state: "failed", reason: "process_exited" } as ServiceSummary;

test.each([
  ["failed", {}, true],
  ["short of room while others serve", { state: "scaling", reason: "insufficient_capacity" }, true],
  ["waiting for weights that cannot be had", { state: "pending", reason: "download_failed" }, true],
  ["starting as it should", { state: "starting", reason: "instances_starting" }, false],
  ["draining after a scale", { state: "scaling", reason: "draining" }, false],
  ["running", { state: "running", reason: "" }, false],
  ["stopped", { wanted: "stopped", state: "stopped", reason: "" }, false],
  ["in arrears", { suspendedAt: "2026-11-20T00:00:00Z", state: "suspended", reason: "arrears" }, false],
] as [string, Partial<ServiceSummary>, boolean][])("a service that is %s", (_, change, expected) => {
  expect(canRetry({ ...failing, ...change })).toBe(expected);
});
