import { expect, test } from "vitest";
import { readListQuery } from "./list-query.ts";

test("reads what the address asks for", () => {
  const query = readListQuery(new URLSearchParams("page=3&search=qwen&state=running&sort=name&order=asc"));
  expect(query).toEqual({ page: 3, pageSize: 20, search: "qwen", state: "running", sort: "name", order: "asc" });
});

test.each(["", "page=0", "page=many", "state=unknown", "page=&state=", "sort=state", "order=up"])(
  "%s counts as nothing asked",
  (address) => {
    expect(readListQuery(new URLSearchParams(address))).toEqual({
      page: 1,
      pageSize: 20,
      search: "",
      state: undefined,
      sort: "created",
      order: "desc",
    });
  },
);

test("one value that makes no sense takes none of the others with it", () => {
  expect(readListQuery(new URLSearchParams("page=-1&search=tiny"))).toMatchObject({ page: 1, search: "tiny" });
});
