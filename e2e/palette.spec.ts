import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, newAccount, newKey, newService, test } from "./fixtures.ts";

const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
const option = (page: Page, name: RegExp | string) => palette(page).getByRole("option", { name });

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("combobox")).toBeFocused();
}

test("by keyboard: pages, services, keys, models and documentation; what was opened comes first the next time", async ({
  page,
  account: _,
  installation,
}) => {
  const { id, accessName } = await newService(page, installation, "translate-prod");
  await newKey(page, installation);
  await page.goto("/models");
  await openPalette(page);
  await page.keyboard.type("pricing");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/pricing");

  await openPalette(page);
  await page.keyboard.type("TRANSLATE");
  await expect(option(page, /translate-prod/)).toContainText(accessName);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/services/${id}`);

  await openPalette(page);
  await expect(palette(page).getByRole("option").first()).toContainText("translate-prod");
  await page.keyboard.type("deepseek");
  await expect(option(page, /DeepSeek-R1/)).toBeVisible();
  await palette(page).getByRole("combobox").fill("e2e");
  await expect(option(page, /e2e.*sk-hy-/)).toBeVisible();
  await palette(page).getByRole("combobox").fill("rotate");
  await option(page, /Rotate a key/).click();
  await expect(page).toHaveURL("/docs/keys#rotate");
  await expect(page.getByRole("heading", { name: "Rotate a key" })).toBeInViewport();

  await openPalette(page);
  await palette(page).getByRole("combobox").fill("zzzz");
  await expect(palette(page)).toContainText("Nothing found for “zzzz”.");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
});

test("actions: create a key, theme, language, sign out; another user finds nothing of it", async ({ page, account: _, installation }) => {
  await newService(page, installation, "only-mine");
  await page.goto("/models");
  await openPalette(page);
  await page.keyboard.type("create an api");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Create an API key" })).toBeVisible();
  // Another dialog may hold what was typed.
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL("/keys");

  await openPalette(page);
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveClass(/dark/);

  await openPalette(page);
  await page.keyboard.type("only-mine");
  await option(page, /only-mine/).click();
  await openPalette(page);
  await page.keyboard.type("language");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "搜索", exact: true })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("退出");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await page.evaluate(() => localStorage.getItem("hydra-recent"))).toBeNull();

  await newAccount(page, installation);
  const answer = await page.request.get("/api/search?q=only-mine");
  expect(await answer.json()).toEqual({ models: [], services: [], keys: [], docs: [] });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 800 }, hasTouch: true });

  test("opens by its button, says its results, is free of findings, and gives the focus back", async ({ page, account: _ }) => {
    await page.goto("/models");
    const button = page.getByRole("button", { name: "Search", exact: true });
    await button.tap();
    await palette(page).getByRole("combobox").fill("docs");
    await expect(palette(page).getByRole("status")).toHaveText(/\d+ results?/);
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await palette(page).getByRole("button", { name: "Close" }).tap();
    await expect(button).toBeFocused();
    await button.tap();
    await palette(page).getByRole("combobox").fill("docs");
    await option(page, /^Docs$/).tap();
    await expect(page).toHaveURL("/docs");
  });
});

test.describe("when the search fails", () => {
  test.use({ expectedErrors: [/status of 500/] });

  test("it says so, and pages and actions still work", async ({ page, account: _ }) => {
    const error = { code: "internal_error", message: "", param: null, data: {}, requestId: "req_test" };
    await page.route("**/api/search**", (route) => route.fulfill({ status: 500, json: { error } }));
    await page.goto("/models");
    await openPalette(page);
    await page.keyboard.type("keys");
    await expect(palette(page).getByRole("alert")).toContainText("could not be searched");
    await option(page, /^API keys$/).click();
    await expect(page).toHaveURL("/keys");
  });
});
