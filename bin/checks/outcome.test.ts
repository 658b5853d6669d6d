import { expect, test } from "vitest";
import { readPlaywrightReport } from "./e2e.ts";
import { counted, sum, totalLine } from "./outcome.ts";
import { readReport } from "./unit.ts";

test("a runner that fails without a failed test, or runs nothing, counts as a failure", () => {
  expect(counted({ passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 });
  expect(counted({ passed: 3, failed: 1 }, 1)).toEqual({ passed: 3, failed: 1 });
  expect(counted({ passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 });
  expect(counted({ passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
});

test("the last line adds all parts up", () => {
  expect(
    totalLine(
      sum([
        { passed: 1, failed: 0 },
        { passed: 40, failed: 2 },
      ]),
    ),
  ).toBe("41 passed, 2 failed");
});

test("reports are read as their runners write them; flaky is failed, and no report is nothing", () => {
  expect(readReport('{"numPassedTests":7,"numFailedTests":1,"numTotalTests":8}')).toEqual({ passed: 7, failed: 1 });
  expect(readPlaywrightReport('{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":0}}')).toEqual({ passed: 5, failed: 2 });
  expect(readReport("{}")).toEqual({ passed: 0, failed: 0 });
  expect(readPlaywrightReport("{}")).toEqual({ passed: 0, failed: 0 });
});
