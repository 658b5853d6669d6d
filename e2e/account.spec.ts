import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { faults } from "./failed-requests.ts";
import { expect, newAccount, newKey, test } from "./fixtures.ts";

const run = promisify(execFile);

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
  await page.goto("/settings?tab=sessions");
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

test("the language is kept in the account, and another browser shows it", async ({ page, account, browser, installation }) => {
  await page.goto("/models");
  const kept = page.waitForResponse((answer) => answer.url().endsWith("/api/me") && answer.request().method() === "PATCH");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  expect((await kept).status()).toBe(200);
  const other = await browser.newContext({ baseURL: installation.consoleUrl, locale: "en-US" });
  const data = { email: account.email, password: account.password };
  await other.request.post("/api/session", { data, headers: { origin: installation.consoleUrl } });
  const elsewhere = await other.newPage();
  await elsewhere.goto("/models");
  await expect(elsewhere.getByRole("heading", { name: "模型广场", level: 1 })).toBeVisible();
  // What is chosen on a browser holds there.
  await other.addCookies([{ name: "hydra-locale", value: "en", url: installation.consoleUrl }]);
  await elsewhere.reload();
  await expect(elsewhere.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
  await other.close();
});

test.describe("a language that cannot be kept", () => {
  test.use({ expectedErrors: [/status of 500/] });

  test("holds on this browser, which is said", async ({ page, account: _ }) => {
    await page.goto("/settings?tab=preferences");
    await page.waitForLoadState("networkidle");
    await page.route("**/api/me", (route) => (route.request().method() === "PATCH" ? faults.refused(route) : route.continue()));
    await page.getByRole("radio", { name: "简体中文" }).click({ force: true });
    await expect(page.getByText(/was not saved to your account|未保存到你的账户/)).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  });
});

test("the name is changed, and shown again", async ({ page, account: _ }) => {
  await page.goto("/settings");
  // What is typed before the page's script is ready is not heard.
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Name").fill("");
  await page.keyboard.press("Tab");
  await expect(page.getByText("Enter a name of at most 63 characters.")).toBeVisible();
  await page.getByLabel("Name").fill("Ann Example");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your name was saved.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Name")).toHaveValue("Ann Example");
});

test("the tab stands in the address, and the arrow keys move between tabs", async ({ page, account: _ }) => {
  await page.goto("/settings?tab=preferences");
  await expect(page.getByRole("tab", { name: "Language and theme" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: "Language and theme" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/tab=sessions/);
  await expect(page.getByText("This browser")).toBeVisible();
});

test.describe("password", () => {
  test.use({ expectedErrors: [/status of 401/] });

  test("is changed with the current one, which ends all other sessions", async ({ page, account, browser, installation }) => {
    const other = await browser.newContext({ baseURL: installation.consoleUrl });
    const headers = { origin: installation.consoleUrl };
    await other.request.post("/api/session", { data: { email: account.email, password: account.password }, headers });
    await page.goto("/settings?tab=sign-in");
    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password").fill("a new password");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("The current password is wrong.")).toBeVisible();
    await expect(page.getByLabel("Current password")).toBeFocused();
    await expect(page.getByLabel("New password")).toHaveValue("a new password");
    await page.getByLabel("Current password").fill(account.password);
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("The password was changed.")).toBeVisible();
    expect((await other.request.get("/api/me")).status()).toBe(401);
    const again = (password: string) => other.request.post("/api/session", { data: { email: account.email, password }, headers });
    expect([(await again(account.password)).status(), (await again("a new password")).status()]).toEqual([401, 204]);
    await other.close();
  });

  test("forgotten where no mail is sent: the operator's link sets a new one, once", async ({ page, account, installation }) => {
    await page.context().clearCookies();
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Forgot password?" }).click();
    await expect(page.getByText("This installation sends no mail.")).toContainText("hydra admin reset-password");
    const { stdout } = await run(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "bin/hydra.ts", "admin", "reset-password", account.email],
      {
        env: { ...process.env, HYDRA_DATA_DIR: installation.dataDir, HYDRA_CONSOLE_PORT: new URL(installation.consoleUrl).port },
      },
    );
    const link = stdout.trim();
    await page.goto(link);
    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByLabel("New password")).toBeFocused();
    await page.getByLabel("New password").fill("a new password");
    await page.getByRole("button", { name: "Set password" }).click();
    await expect(page.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  });
});

test("deleting the account says what ends, asks for the email, and ends it", async ({ page, account, installation }) => {
  const key = await newKey(page, installation);
  await page.goto("/settings?tab=delete");
  await expect(page.getByText("1 API key stops working at once.")).toBeVisible();
  await page.getByRole("button", { name: "Delete account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill(account.email.slice(1));
  await expect(dialog.getByRole("button", { name: "Delete account" })).toBeDisabled();
  await dialog.getByRole("textbox").fill(account.email);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const call = await fetch(`${installation.gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  expect(call.status).toBe(401);
  const data = { email: account.email, password: account.password };
  expect((await page.request.post("/api/session", { data, headers: { origin: installation.consoleUrl } })).status()).toBe(401);
});

test.describe("attacks", () => {
  const foreign: Record<string, string>[] = [{ origin: "https://evil.example" }, { origin: "null" }, {}];

  test("another site's requests are refused, whatever they ask for", async ({ page, account }) => {
    const requests = [
      ["post", "/api/session", { email: account.email, password: account.password }],
      ["post", "/api/account", { email: "x@example.com", password: "correct horse" }],
      ["delete", "/api/account", { confirmEmail: account.email }],
      ["post", "/api/account/password", { currentPassword: account.password, newPassword: "a new password" }],
      ["post", "/api/account/password-reset", { email: account.email }],
      ["post", "/api/account/password-reset/confirm", { token: "x", password: "a new password" }],
      ["post", "/api/account/identities", { provider: "oidc", purpose: "connect" }],
      ["delete", "/api/account/identities/oidc", undefined],
      ["patch", "/api/me", { name: "Mallory" }],
      ["delete", "/api/sessions", {}],
    ] as const;
    for (const [method, path, data] of requests) {
      for (const headers of foreign) {
        const answer = await page.request.fetch(path, { method, headers, ...(data ? { data } : {}) });
        expect([answer.status(), (await answer.json()).error.code], `${method} ${path}`).toEqual([403, "csrf_failed"]);
      }
    }
    expect((await page.request.get("/api/me")).status()).toBe(200);
  });

  test("nobody makes themselves an operator, and what the installation does not offer is not found", async ({
    page,
    account: _,
    installation,
  }) => {
    const headers = { origin: installation.consoleUrl };
    const patched = await page.request.patch("/api/me", { headers, data: { role: "operator" } });
    expect([patched.status(), (await patched.json()).error.code]).toEqual([400, "unknown_parameter"]);
    const start = await page.request.post("/api/account/identities", { headers, data: { provider: "oidc", purpose: "sign-in" } });
    expect(start.status()).toBe(404);
    const mail = await page.request.post("/api/account/password-reset", { headers, data: { email: "a@example.com" } });
    expect(mail.status()).toBe(404);
  });

  test("a session that somebody planted is not the one that signing in makes", async ({ page, account, browser, installation }) => {
    const victim = await browser.newContext({ baseURL: installation.consoleUrl });
    // The attacker's own session, put into the victim's browser.
    await victim.addCookies(await page.context().cookies());
    const other = { email: `victim-${Date.now()}@example.com`, password: "correct horse battery" };
    const headers = { origin: installation.consoleUrl };
    expect((await victim.request.post("/api/account", { headers, data: other })).status()).toBe(204);
    const who = async (request: typeof page.request) => (await (await request.get("/api/me")).json()).email;
    expect([await who(victim.request), await who(page.request)]).toEqual([other.email, account.email]);
    const sessionOf = async (context: typeof victim) => (await context.cookies()).find(({ name }) => name.endsWith("-session"))?.value;
    expect(await sessionOf(victim)).not.toBe(await sessionOf(page.context()));
    await victim.close();
  });
});
