import { SignJWT, UnsecuredJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { deriveKey, signTrialToken, verifyTrialToken } from "./secrets.ts";

const secret = "a secret of at least 32 characters";
const claims = { userId: "usr_1", workspaceId: "ws_1" };

afterEach(() => {
  vi.useRealTimers();
});

test("a trial token says who calls, for 60 s", async () => {
  const token = await signTrialToken(secret, claims);
  expect(await verifyTrialToken(secret, token)).toEqual(claims);
  vi.useFakeTimers({ now: Date.now() + 58_000 });
  expect(await verifyTrialToken(secret, token)).toEqual(claims);
  vi.setSystemTime(Date.now() + 3_000);
  expect(await verifyTrialToken(secret, token)).toBeNull();
});

test("a token that somebody else made, or made for something else, is worth nothing", async () => {
  const token = await signTrialToken(secret, claims);
  const [head, body, signature] = token.split(".") as [string, string, string];
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, "base64url").toString()), ws: "ws_2" })).toString(
    "base64url",
  );
  const key = deriveKey(secret, "trial-token");
  const jwt = () => new SignJWT({ ws: "ws_1" }).setProtectedHeader({ alg: "HS256" }).setSubject("usr_1").setExpirationTime("60s");
  const endless = new SignJWT({ ws: "ws_1" })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("hydra-console")
    .setAudience("hydra-gateway")
    .setSubject("usr_1");
  const others = [
    "",
    "x.y.z",
    `${head}.${forged}.${signature}`,
    await signTrialToken("another secret of 32 characters!!", claims),
    new UnsecuredJWT({ ws: "ws_1" }).setIssuer("hydra-console").setAudience("hydra-gateway").setSubject("usr_1").encode(),
    await jwt().setIssuer("hydra-console").setAudience("elsewhere").sign(key),
    await jwt().setIssuer("elsewhere").setAudience("hydra-gateway").sign(key),
    await jwt().setIssuer("hydra-console").setAudience("hydra-gateway").sign(deriveKey(secret, "sessions")),
    await jwt().setIssuer("hydra-console").setAudience("hydra-gateway").setExpirationTime(1).sign(key),
    await endless.sign(key),
  ];
  for (const other of others) expect([other, await verifyTrialToken(secret, other)]).toEqual([other, null]);
  expect(await verifyTrialToken(secret, await jwt().setIssuer("hydra-console").setAudience("hydra-gateway").sign(key))).toEqual(claims);
});

test("keys of different purposes and secrets have nothing in common, and stay the same", () => {
  const keys = [deriveKey(secret, "a"), deriveKey(secret, "b"), deriveKey(`${secret}!`, "a")].map((key) =>
    Buffer.from(key).toString("hex"),
  );
  expect(new Set(keys).size).toBe(3);
  expect(deriveKey(secret, "a")).toHaveLength(32);
  expect(deriveKey(secret, "a")).toEqual(deriveKey(secret, "a"));
});
