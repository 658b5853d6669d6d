import { expect, newAccount, test } from "./fixtures.ts";

test.describe("refused sign-ins", () => {
  // The browser itself reports every refused request.
  test.use({ expectedErrors: [/status of 401/] });

  test("a wrong password and an unknown email read alike, and keep what was typed", async ({ page, account }) => {
    await page.context().clearCookies();
    await page.goto("/sign-in");
    for (const email of [account.email, "nobody@example.com"]) {
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Password").fill("wrong password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByText("The email or the password is wrong.")).toBeVisible();
      await expect(page.getByLabel("Email")).toHaveValue(email);
    }
  });

  test("signing up with a known email and another password tells a stranger nothing", async ({ page, account }) => {
    await page.context().clearCookies();
    await page.goto("/sign-up");
    await page.getByLabel("Email").fill(account.email);
    await page.getByLabel("Password").fill("some other password");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText("The email or the password is wrong.")).toBeVisible();
  });
});

test("a deep link works after signing in", async ({ page, account }) => {
  await page.context().clearCookies();
  await page.goto("/keys");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fkeys/);
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
});

test("signing out everywhere else ends the other browser's session", async ({ page, account, browser, installation }) => {
  const other = await browser.newContext({ baseURL: installation.consoleUrl });
  const answer = await other.request.post("/api/session", {
    data: { email: account.email, password: account.password },
    headers: { origin: installation.consoleUrl },
  });
  expect(answer.status()).toBe(204);
  expect((await other.request.get("/api/me")).status()).toBe(200);
  await page.goto("/settings");
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByRole("button", { name: "Sign out everywhere else" })).toBeHidden();
  expect((await other.request.get("/api/me")).status()).toBe(401);
  expect((await page.request.get("/api/me")).status()).toBe(200);
  await other.close();
});

test("signing out ends the session", async ({ page, account: _ }) => {
  await page.goto("/models");
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect((await page.request.get("/api/me")).status()).toBe(401);
});

test("language and theme are kept", async ({ page, installation }) => {
  await newAccount(page, installation);
  await page.goto("/models");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.getByRole("heading", { name: "模型广场", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "主题" }).click();
  await page.getByRole("menuitemradio", { name: "深色" }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
});
