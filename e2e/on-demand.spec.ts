import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const lost = "The console cannot be reached.";

async function openCatalog(page: Page): Promise<void> {
  await page.goto("/models");
  await page.waitForLoadState("networkidle");
}

test("a menu whose script is not there yet opens by keyboard on its first entry", async ({ page, account: _ }) => {
  await openCatalog(page);
  const trigger = page.getByRole("button", { name: "Theme" });
  await trigger.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Light" })).toBeFocused();
  await expect(page.getByRole("menu", { name: "Theme" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(trigger).toBeFocused();
  await expect(trigger).toHaveAttribute("aria-expanded", "false");
});

test("a button that cannot be used says why on hover and on focus, until Esc", async ({ page, account: _ }) => {
  await openCatalog(page);
  const button = page.locator("main button[aria-disabled]").first();
  const reason = page.getByRole("tooltip");
  await button.hover();
  await expect(reason).toBeVisible();
  await expect(button).toHaveAccessibleDescription((await reason.textContent()) ?? "");
  await reason.hover();
  await expect(reason).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(reason).toBeHidden();
  await page.mouse.move(0, 0);
  await page.keyboard.press("Tab");
  await button.focus();
  await expect(reason).toBeVisible();
  await button.blur();
  await expect(reason).toBeHidden();
});

test.describe("a lost network", () => {
  test.use({ expectedErrors: [/ERR_INTERNET_DISCONNECTED/] });

  test("leaves the page as it is where the script of a menu, a dialog or the palette is missing", async ({ page, context, account: _ }) => {
    await openCatalog(page);
    // The first sign of a reader brings what toasts need.
    await page.mouse.move(200, 300);
    await page.waitForLoadState("networkidle");
    await context.setOffline(true);
    const told = page.getByRole("region", { name: /Notifications/ }).getByText(lost);
    const menu = page.getByRole("button", { name: "Theme" });
    await menu.click();
    await expect(told).toHaveCount(1);
    await expect(menu).toHaveAttribute("aria-expanded", "false");
    await page.getByRole("button", { name: "Add a model" }).click();
    await expect(told).toHaveCount(2);
    await page.keyboard.press("Control+k");
    await expect(told).toHaveCount(3);
    await expect(page.getByRole("heading", { name: "Model catalog" })).toBeVisible();
    await context.setOffline(false);
    await menu.click();
    await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add a model" }).click();
    await expect(page.getByRole("dialog", { name: "Add a model of your own" })).toBeVisible();
  });
});
