import { randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { type IdentityProvider, type Person, startIdentityProvider } from "../test/identity-provider.ts";
import { type Mailbox, startMailbox } from "../test/mailbox.ts";
import { expect, newAccount, test } from "./fixtures.ts";
import { type SecondConsole, startSecondConsole } from "./second-console.ts";

let provider: IdentityProvider;
let mailbox: Mailbox;
let second: SecondConsole | undefined;

test.use({ expectedErrors: [/status of 4\d\d/] });
test.afterAll(async () => {
  await second?.stop();
  await Promise.all([provider?.close(), mailbox?.close()]);
});
test.beforeEach(async ({ installation, page }) => {
  if (!second) {
    [provider, mailbox] = await Promise.all([startIdentityProvider(), startMailbox()]);
    second = await startSecondConsole(installation, {
      SMTP_URL: mailbox.url,
      HYDRA_OIDC_ISSUER: provider.url,
      HYDRA_OIDC_CLIENT_ID: provider.clientId,
      HYDRA_OIDC_CLIENT_SECRET: provider.clientSecret,
      HYDRA_OIDC_NAME: "Acme",
      HYDRA_GITHUB_CLIENT_ID: provider.clientId,
      HYDRA_GITHUB_CLIENT_SECRET: provider.clientSecret,
      HYDRA_GITHUB_URL: provider.url,
    });
  }
  await page.context().clearCookies();
});

function here(): string {
  return second?.url ?? "";
}

function somebody(change: Partial<Person> = {}): Person {
  const sub = String(Number.parseInt(randomBytes(5).toString("hex"), 16));
  return { sub, email: `p${sub}@example.com`, emailVerified: true, name: "Pat", ...change };
}

async function signInAs(page: Page, person: Person | null, button: "Acme" | "GitHub" = "Acme"): Promise<void> {
  provider.person = person;
  await page.goto(`${here()}/sign-in?next=%2Fkeys`);
  await page.getByRole("button", { name: `Continue with ${button}` }).click();
}

const whoIs = async (page: Page) =>
  (await (await page.request.get(`${here()}/api/me`)).json()) as { id: string; email: string; name: string };

test("the first sign-in makes an account and goes where one wanted to go; the next finds it", async ({ page }) => {
  const person = somebody();
  await signInAs(page, person);
  await expect(page).toHaveURL(`${here()}/keys`);
  const first = await whoIs(page);
  expect(first).toMatchObject({ email: person.email, name: "Pat" });
  await page.context().clearCookies();
  await signInAs(page, { ...person, email: "renamed@example.com" });
  await expect(page).toHaveURL(`${here()}/keys`);
  expect(await whoIs(page)).toEqual(first);
});

test("nobody gets into an account by claiming its email, nor makes one with an unverified email", async ({ page, installation }) => {
  const { email } = await newAccount(page, installation);
  await page.context().clearCookies();
  for (const button of ["Acme", "GitHub"] as const) {
    await signInAs(page, somebody({ email }), button);
    await expect(page.getByRole("alert").filter({ hasText: "An account with this email exists already." })).toBeVisible();
  }
  await signInAs(page, somebody({ emailVerified: false }), "GitHub");
  await expect(page.getByRole("alert").filter({ hasText: "has not verified your email" })).toBeVisible();
  await signInAs(page, null);
  await expect(page.getByRole("alert").filter({ hasText: "did not complete" })).toBeVisible();
  expect((await page.request.get(`${here()}/api/me`)).status()).toBe(401);
});

test("an account elsewhere is connected in the settings, signs in, and is disconnected", async ({ page, installation }) => {
  const account = await newAccount(page, installation);
  const person = somebody({ email: "another@example.com", emailVerified: false });
  provider.person = person;
  await page.goto(`${here()}/settings?tab=sign-in`);
  await page.getByRole("button", { name: "Connect GitHub" }).click();
  await expect(page.getByText("You can now sign in with GitHub.")).toBeVisible();
  await page.context().clearCookies();
  await signInAs(page, person, "GitHub");
  await expect(page).toHaveURL(`${here()}/keys`);
  expect((await whoIs(page)).email).toBe(account.email);
  await page.goto(`${here()}/settings?tab=sign-in`);
  await page.getByRole("button", { name: "Disconnect GitHub" }).click();
  await expect(page.getByRole("button", { name: "Connect GitHub" })).toBeVisible();
});

test("coming back to a console that did not ask connects and signs in nobody", async ({ page, browser, installation }) => {
  const account = await newAccount(page, installation);
  // A code that the attacker got for themselves, followed by somebody who is signed in.
  provider.person = somebody();
  const attacker = await browser.newContext();
  const data = { provider: "oidc", purpose: "sign-in" };
  const started = await attacker.request.post(`${here()}/api/account/identities`, { headers: { origin: here() }, data });
  const { url } = (await started.json()) as { url: string };
  const callback = (await fetch(url, { redirect: "manual" })).headers.get("location") ?? "";
  await page.goto(callback);
  expect((await whoIs(page)).email).toBe(account.email);
  const ways = await (await page.request.get(`${here()}/api/account/sign-in-ways`)).json();
  expect(ways).toEqual({ hasPassword: true, identities: [] });
  await attacker.close();
});

test.describe("reset by mail", () => {
  test("a link sets a new password once; the answer is the same for an email that nobody has", async ({ page, installation }) => {
    const { email } = await newAccount(page, installation);
    await page.context().clearCookies();
    const before = mailbox.mails.length;
    for (const asked of [`nobody-${randomBytes(4).toString("hex")}@example.com`, email]) {
      await page.goto(`${here()}/forgot-password`);
      await page.getByLabel("Email").fill(asked);
      await page.getByRole("button", { name: "Send link" }).click();
      await expect(page.getByText(`If ${asked} has an account here, a link is on its way.`)).toBeVisible();
    }
    await expect.poll(() => mailbox.mails.length).toBe(before + 1);
    const mail = mailbox.mails.at(-1);
    expect(mail?.to).toEqual([email]);
    const link = /http\S+\/reset-password\?token=\S+/.exec(mail?.text ?? "")?.[0] ?? "";
    expect(new URL(link).origin).toBe(here());
    await page.goto(link);
    await page.getByLabel("New password").fill("set by a mail");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  });

  test("known and unknown emails take the same time, and ten from one are the most", async ({ page, installation }) => {
    const { email } = await newAccount(page, installation);
    const ask = async (asked: string) => {
      const start = performance.now();
      const answer = await page.request.post(`${here()}/api/account/password-reset`, {
        headers: { origin: here() },
        data: { email: asked },
      });
      return { status: answer.status(), ms: performance.now() - start };
    };
    const unknown = `nobody-${randomBytes(4).toString("hex")}@example.com`;
    await ask(`warm-${unknown}`);
    const pairs: { status: number; ms: number }[][] = [];
    for (let round = 0; round < 3; round++) pairs.push([await ask(email), await ask(unknown)]);
    const median = (index: number) => pairs.map((pair) => pair[index]?.ms ?? 0).sort((a, b) => a - b)[1] ?? 0;
    expect(pairs.flat().every(({ status }) => status === 204)).toBe(true);
    expect(Math.abs(median(0) - median(1))).toBeLessThan(100);
    const statuses = [];
    for (let round = 0; round < 10; round++) statuses.push((await ask(unknown)).status);
    expect(statuses).toContain(429);
  });
});
