import fc from "fast-check";
import { expect, test } from "vitest";
import { isoTime } from "./iso-time.ts";

test("it is what Date writes, in any order of moments", () => {
  const moment = fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") });
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          moment,
          fc.integer({ min: 0, max: 3_000 }).map((ms) => new Date(1_763_000_000_000 + ms)),
        ),
      ),
      (dates) => {
        for (const date of dates) expect(isoTime(date.getTime())).toBe(date.toISOString());
      },
    ),
  );
});
