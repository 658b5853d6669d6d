import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, BrowserContext } from "@playwright/test";
import { type Account, expect, type Installation, newAccount, test } from "./fixtures.ts";

const run = promisify(execFile);
const english = "Model catalog";
const chinese = "模型广场";

/** A new browser of somebody who reads that language, signed in. */
async function browserOf(browser: Browser, locale: string, installation: Installation, account: Pick<Account, "email" | "password">) {
  const context = await browser.newContext({ baseURL: installation.consoleUrl, locale });
  const { email, password } = account;
  const answer = await context.request.post("/api/session", { data: { email, password }, headers: { origin: installation.consoleUrl } });
  expect(answer.status()).toBe(204);
  return context;
}

/** The catalog's title, and so the language in which the console speaks. */
async function titleIn(context: BrowserContext): Promise<string | null> {
  const page = await context.newPage();
  await page.goto("/models");
  const title = await page.getByRole("heading", { level: 1 }).textContent();
  await page.close();
  return title;
}

test("whoever an operator made an account for reads their browser's language until they choose one", async ({ browser, installation }) => {
  const account = { email: `made-${Date.now()}@example.com`, password: "correct horse battery" };
  await run(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "bin/hydra.ts",
      "admin",
      "create-user",
      "--email",
      account.email,
      "--password",
      account.password,
    ],
    {
      cwd: join(import.meta.dirname, ".."),
      env: { ...process.env, HYDRA_DATA_DIR: installation.dataDir },
    },
  );
  const [zh, en] = [await browserOf(browser, "zh-CN", installation, account), await browserOf(browser, "en-GB", installation, account)];
  expect([await titleIn(zh), await titleIn(en)]).toEqual([chinese, english]);

  const page = await en.newPage();
  await page.goto("/models");
  const kept = page.waitForResponse((answer) => answer.url().endsWith("/api/me") && answer.request().method() === "PATCH");
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  expect((await kept).status()).toBe(200);
  const another = await browserOf(browser, "en-GB", installation, account);
  expect(await titleIn(another)).toBe(chinese);
  for (const context of [zh, en, another]) await context.close();
});

test("signing up in one language binds nobody to it; having chosen it does", async ({ browser, installation }) => {
  for (const [chosen, elsewhere] of [
    [null, english],
    ["zh", chinese],
  ] as const) {
    const context = await browser.newContext({ baseURL: installation.consoleUrl, locale: "zh-CN" });
    if (chosen) await context.addCookies([{ name: "hydra-locale", value: chosen, url: installation.consoleUrl }]);
    const account = await newAccount(await context.newPage(), installation);
    expect(await titleIn(context)).toBe(chinese);
    const other = await browserOf(browser, "en-US", installation, account);
    expect(await titleIn(other)).toBe(elsewhere);
    await context.close();
    await other.close();
  }
});
