import { expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { readPlaywrightReport } from "./e2e.ts";
import { asOne, counted, failureLines, sum, totalLine } from "./outcome.ts";
import { readReport } from "./unit.ts";

const failures: string[] = [];

test("a runner that fails without a failed test, or runs nothing, counts as a failure", () => {
  expect(counted({ passed: 3, failed: 0, failures }, 0)).toEqual({ passed: 3, failed: 0, failures });
  expect(counted({ passed: 3, failed: 1, failures }, 1)).toEqual({ passed: 3, failed: 1, failures });
  expect(counted({ passed: 3, failed: 0, failures }, 1)).toEqual({ passed: 3, failed: 1, failures });
  expect(counted({ passed: 0, failed: 0, failures }, 0)).toEqual({ passed: 0, failed: 1, failures });
});

test("the last line adds all parts up", () => {
  expect(
    totalLine(
      sum([
        { passed: 1, failed: 0, failures },
        { passed: 40, failed: 2, failures },
      ]),
    ),
  ).toBe("41 passed, 2 failed");
});

test("what failed is named at the end, part by part; what has no name is counted", () => {
  const unit = { passed: 9, failed: 2, failures: ["a.test.ts › adds › no sum"] };
  expect(
    failureLines([
      { name: "types", outcome: asOne(true) },
      { name: "lint", outcome: asOne(false) },
      { name: "unit", outcome: unit },
    ]),
  ).toEqual(["  lint: 1 more, named above", "  unit: a.test.ts › adds › no sum", "  unit: 1 more, named above"]);
});

test("Vitest's report is read as it writes it: a failed test by its name, a file that could not be read by its own", () => {
  const report = {
    numPassedTests: 7,
    numFailedTests: 1,
    testResults: [
      {
        name: `${rootDir}/lib/sum.test.ts`,
        status: "failed",
        assertionResults: [
          {
            fullName: "sum adds",
            status: "failed",
            failureMessages: ["\u001b[31mAssertionError: 3 is not 4\u001b[39m\n    at lib/sum.ts"],
          },
          { fullName: "sum is empty", status: "passed", failureMessages: [] },
        ],
      },
      { name: `${rootDir}/lib/broken.test.ts`, status: "failed", message: "no such module\nmore", assertionResults: [] },
      { name: `${rootDir}/lib/fine.test.ts`, status: "passed", message: "", assertionResults: [] },
    ],
  };
  expect(readReport(JSON.stringify(report))).toEqual({
    passed: 7,
    failed: 1,
    failures: ["lib/sum.test.ts › sum adds › AssertionError: 3 is not 4", "lib/broken.test.ts › no such module"],
  });
});

test("Playwright's report is read as it writes it; flaky is failed", () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: "keys.spec.ts",
    tests: [{ status, results: [{ error: message ? { message } : undefined }] }],
  });
  const report = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 },
    suites: [
      { specs: [spec("goes well", "expected")], suites: [{ specs: [spec("fails", "unexpected", "no button"), spec("wavers", "flaky")] }] },
    ],
  };
  expect(readPlaywrightReport(JSON.stringify(report))).toEqual({
    passed: 5,
    failed: 2,
    failures: ["keys.spec.ts › fails › no button", "keys.spec.ts › wavers"],
  });
});

test("no report is nothing", () => {
  expect(readReport("{}")).toEqual({ passed: 0, failed: 0, failures });
  expect(readPlaywrightReport("{}")).toEqual({ passed: 0, failed: 0, failures });
});
