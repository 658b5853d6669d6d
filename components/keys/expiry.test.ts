import { expect, test } from "vitest";
import { dateValue, expiryMoment } from "./expiry.ts";
import { readKeyParams } from "./key-params.ts";

const now = new Date("2026-03-01T10:00:00.000Z");

test("a number of days counts from this moment", () => {
  expect(expiryMoment("7", "", now)).toBe("2026-03-08T10:00:00.000Z");
  expect(expiryMoment("90", "", now)).toBe("2026-05-30T10:00:00.000Z");
});

test("never is null, whatever date was typed before", () => {
  expect(expiryMoment("never", "2026-03-05", now)).toBeNull();
});

test("a date lasts until its end in the reader's own timezone", () => {
  const end = new Date(expiryMoment("date", "2026-03-05", now) ?? 0);
  expect(dateValue(end)).toBe("2026-03-05");
  expect(dateValue(new Date(end.getTime() + 1000))).toBe("2026-03-06");
});

test("an address with nonsense reads as the first page, newest first, without a search", () => {
  const plain = { search: "", status: undefined, sort: "created", order: "desc", page: 1 };
  expect(readKeyParams(new URLSearchParams("page=-3&status=gone&sort=hash&order=up"))).toEqual(plain);
  expect(readKeyParams(new URLSearchParams("page=two&search=ci"))).toEqual({ ...plain, search: "ci" });
  expect(readKeyParams(new URLSearchParams("page=3&status=disabled&sort=name&order=asc"))).toEqual({
    ...plain,
    ...{ status: "disabled", sort: "name", order: "asc", page: 3 },
  });
});
