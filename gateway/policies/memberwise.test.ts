import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { chatRequest } from "#lib/contracts/openai/chat-request.ts";
import { memberwise } from "./memberwise.ts";

const check = memberwise(chatRequest);

test("finds what the whole schema finds, whatever members a body has", () => {
  const value = fc.oneof(fc.constantFrom(null, true, "auto", "x", 1, 0.5, -1, 1e6), fc.constant([]), fc.constant({}));
  const messages = fc.constantFrom([{ role: "user", content: "hi" }], [], "hi", [{ role: "nobody" }]);
  const members = fc.constantFrom(...Object.keys(chatRequest.shape), "unknown_member", "__proto__", "toString");
  const bodies = fc
    .record({ model: fc.constantFrom("public/x", 1), messages, more: fc.dictionary(members, value, { maxKeys: 6 }) }, { requiredKeys: [] })
    .map(({ more, ...body }) => ({ ...more, ...body }));
  fc.assert(
    fc.property(bodies, (body) => {
      const [ours, whole] = [check(body), chatRequest.safeParse(body)];
      expect(ours.success).toBe(whole.success);
      if (whole.success) expect(ours.data).toEqual(whole.data);
      else expect(ours.error?.issues).toEqual(whole.error.issues);
    }),
    { numRuns: 2_000 },
  );
});

test("combinations without end do not fill the memory, and are checked all the same", () => {
  const many = memberwise(
    z.strictObject(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`m${index}`, z.number().optional()]))),
  );
  for (let bits = 0; bits < 4_096; bits++) {
    const names = Array.from({ length: 12 }, (_, index) => index).filter((index) => bits & (1 << index));
    const good = Object.fromEntries(names.map((index) => [`m${index}`, index]));
    expect(many(good).success).toBe(true);
    if (names.length > 0) expect(many({ ...good, [`m${names[0]}`]: "text" }).success).toBe(false);
  }
});
