import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parseConfig } from "#lib/config.ts";
import { AppError } from "#lib/errors.ts";
import { explain } from "./explain.ts";
import { Refusal } from "./refusal.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("explain", () => {
  test("wrong variables get one line each, which names them", () => {
    const lines = explain(thrownBy(() => parseConfig({ HYDRA_CONSOLE_PORT: "70000", DATABASE_URL: "mysql://x" }))).split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^HYDRA_CONSOLE_PORT: /);
    expect(lines[1]).toMatch(/^DATABASE_URL: must begin with postgresql:/);
  });

  test.runIf(process.platform === "linux")("a full disk is told in one sentence, also as the cause of another error", async () => {
    const full = await writeFile("/dev/full", "x").catch((error: unknown) => error);
    const sentence = "The disk is full. Free some space, or set HYDRA_DATA_DIR to a larger disk.";
    expect(explain(full)).toBe(sentence);
    expect(explain(new Error("could not save", { cause: full }))).toBe(sentence);
  });

  test("what initdb says of a full disk is understood", () => {
    const failed = new Error("Command failed: initdb\nFATAL: could not write to file: No space left on device");
    expect(explain(failed)).toMatch(/^The disk is full\./);
  });

  test("refusals and product errors are shown as they are, anything else with its stack", () => {
    expect(explain(new Refusal("No."))).toBe("No.");
    expect(explain(new AppError("not_found", "There is none.", { cause: new Error("secret") }))).toBe("There is none.");
    expect(explain(new TypeError("x is undefined"))).toContain("explain.test.ts");
  });
});
