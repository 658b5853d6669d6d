import { expect, test } from "./fixtures.ts";

test("token and instance prices, exact to the last digit; searched, and kept in the address", async ({ page, account: _ }) => {
  await page.goto("/pricing");
  const tokens = page.getByRole("table", { name: "Calls by token" });
  const tiny = tokens.getByRole("row").filter({ hasText: "public/hydra-tiny" });
  await expect(tiny).toContainText("¥0.10 / 1M tokens");
  await expect(tiny).toContainText("¥0.0001 / 1K tokens");
  await expect(tiny).toContainText("¥0.00002 / 1K tokens");
  await expect(tiny).toContainText("Jan 1, 2025");
  const instances = page.getByRole("table", { name: "Dedicated instances" });
  await expect(instances.getByRole("row").filter({ hasText: "cpu-medium" })).toContainText("¥0.72 / hour¥17.28 / day");

  await page.getByRole("searchbox", { name: "Search model, region or type" }).fill("DEEPSEEK r1");
  await expect(page).toHaveURL("/pricing?q=DEEPSEEK+r1");
  await expect(tokens.getByRole("row")).toHaveCount(2);
  await expect(instances).toBeHidden();
  await page.reload();
  await expect(tokens.getByRole("row")).toHaveCount(2);
  await page.getByRole("searchbox").fill("nothing like it");
  await expect(page.getByText("No model, region or instance type matches “nothing like it”.")).toBeVisible();
  await page.goto("/pricing");
  await tokens.getByRole("link", { name: "DeepSeek-R1" }).click();
  await expect(page).toHaveURL("/models/deepseek-r1");
});

test("in Chinese, on a phone, as cards without a word of English", async ({ page, account: _, installation }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.context().addCookies([{ name: "hydra-locale", value: "zh", url: installation.consoleUrl }]);
  await page.goto("/pricing");
  await expect(page.getByRole("heading", { name: "价格", level: 1 })).toBeVisible();
  const tiny = page.getByRole("table", { name: "按 Token 计费" }).getByRole("row").filter({ hasText: "public/hydra-tiny" });
  await expect(tiny).toContainText("缓存命中");
  await expect(tiny).toContainText("¥0.00002 / 千 Token");
  await expect(tiny).toContainText("2025年1月1日");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});

test.describe("when prices cannot be read again", () => {
  test.use({ expectedErrors: [/status of 500/] });

  test("those that are there stay, and it can be tried again", async ({ page, account: _ }) => {
    await page.clock.install();
    await page.goto("/pricing");
    const error = { code: "internal_error", message: "", param: null, data: {}, requestId: "req_test" };
    await page.route("**/api/pricing", (route) => route.fulfill({ status: 500, json: { error } }));
    const alert = page.getByRole("alert").filter({ hasText: "Something went wrong" });
    // Until the page's script is ready there is no timer that time could set off.
    await expect(async () => {
      await page.clock.fastForward("01:30");
      await expect(alert).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByRole("table", { name: "Calls by token" })).toBeVisible();
    await page.unroute("**/api/pricing");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(alert).toBeHidden();
  });
});
