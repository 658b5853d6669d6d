import type { Locator, Page } from "@playwright/test";

/** By roles and places rather than words, which differ by language. */

export async function pressed(page: Page, keys: string, text = ""): Promise<void> {
  await page.keyboard.press(keys);
  await page.getByRole("dialog").waitFor();
  if (text) await page.keyboard.type(text);
}

export async function found(page: Page): Promise<void> {
  await pressed(page, "Control+k", "tr");
  await page.getByRole("option", { name: /translate-prod/ }).waitFor();
}

/** Presses the button with that icon, and waits for what it opens. */
export async function pressIcon(page: Page, icon: string, opens: "dialog" | "menu" | "listbox" = "dialog"): Promise<void> {
  await page.locator(`button:visible:has(svg.lucide-${icon})`).first().click();
  await page.getByRole(opens).waitFor();
}

/** The menu at the right of the row that holds `name`. */
export async function openRowMenu(page: Page, name: string): Promise<void> {
  await page.getByRole("row").filter({ hasText: name }).first().getByRole("button").last().click();
  await page.getByRole("menu").waitFor();
}

/** Opens that row's menu and chooses the entry of that number. */
export async function chooseInRow(page: Page, name: string, entry: number): Promise<void> {
  await openRowMenu(page, name);
  await page.getByRole("menuitem").nth(entry).click();
  await page.getByRole("dialog").waitFor();
}

/** Fills the fields in their order and sends the form. */
export async function send(form: Locator, ...values: string[]): Promise<void> {
  for (const [index, value] of values.entries()) await form.locator("input").nth(index).fill(value);
  await form.locator('button[type="submit"]').click();
}
