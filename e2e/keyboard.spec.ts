import type { Page } from "@playwright/test";
import { engineProcesses, expect, newService, serviceState, test } from "./fixtures.ts";
import { expectFocusBack, expectFocusSeen, walkTo } from "./keyboard-steps.ts";

// The page of a service that is being deleted learns that it is gone by a 404, which the browser reports.
test.use({ expectedErrors: [/status of 404/] });

const dialogOf = (page: Page) => page.getByRole("dialog");

/** Deploys the demo model from the list of services on; returns the service's id. */
async function deploy(page: Page, name: string): Promise<string> {
  await page.goto("/services");
  await page.keyboard.press("Tab");
  await expectFocusBack(page, page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main")?.id)).toBe("content");
  await walkTo(page, page.getByRole("link", { name: "Deploy a model" }).first());
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Deploy a model", level: 1 })).toBeVisible();
  const model = page.getByRole("radio", { name: /Hydra-Tiny/ });
  await walkTo(page, model);
  await page.keyboard.press("ArrowDown");
  await expect(model).not.toBeChecked();
  await page.keyboard.press("ArrowUp");
  await expect(model).toBeChecked();
  await walkTo(page, page.getByLabel("Model service name"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(name);
  await expect(page.getByText("Available.")).toBeVisible();
  await walkTo(page, page.getByRole("button", { name: "Deploy" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await expect.poll(() => serviceState(page, id), { timeout: 30_000 }).toBe("running");
  return id;
}

test("a model is deployed, scaled and deleted by keyboard alone; the focus is always seen and comes back", async ({ page, account: _ }) => {
  test.slow();
  const id = await test.step("deploy", () => deploy(page, "by-hand"));
  const dialog = dialogOf(page);

  await test.step("scale", async () => {
    const scale = page.getByRole("button", { name: "Scale", exact: true });
    await walkTo(page, scale);
    await page.keyboard.press("Enter");
    const number = dialog.getByLabel("Number to add");
    await expectFocusBack(page, number);
    await page.keyboard.type("1");
    // Esc must not throw away what was typed.
    await page.keyboard.press("Escape");
    await expect(number).toHaveValue("1");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expectFocusBack(page, scale);
    await page.keyboard.press("Space");
    await expect(number).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(dialog.getByText("1 → 2")).toBeVisible();
    // All the way round: the dialog keeps the focus.
    await walkTo(page, number);
    await walkTo(page, dialog.getByRole("button", { name: "Confirm" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(dialog).toBeHidden();
    await expectFocusBack(page, scale);
    await expect.poll(() => engineProcesses(id).length, { timeout: 20_000 }).toBe(2);
    await expectFocusBack(page, scale);
  });

  await test.step("delete", async () => {
    const remove = page.getByRole("button", { name: "Delete", exact: true });
    await walkTo(page, remove);
    await page.keyboard.press("Enter");
    const name = dialog.getByRole("textbox");
    await expectFocusBack(page, name);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expectFocusBack(page, remove);
    await page.keyboard.press("Enter");
    await page.keyboard.type("by-han");
    await page.keyboard.press("Enter");
    await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
    await page.keyboard.type("d");
    await page.keyboard.press("Enter");
    await expect(dialog).toBeHidden();
    await expectFocusBack(page, remove);
    // It cannot be pressed any more, and still the reader is where they were.
    await expect(page.getByText("Deleting", { exact: true }).first()).toBeVisible();
    await expectFocusBack(page, remove);
    await expect(page.getByRole("heading", { name: "by-hand is deleted" })).toBeVisible({ timeout: 30_000 });
    await walkTo(page, page.getByRole("link", { name: "Back to model services" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Model services", level: 1 })).toBeVisible();
    expect(engineProcesses(id)).toEqual([]);
  });
});

test("the menu of a row, and what it opens, give the focus back to the row", async ({ page, account: _, installation }) => {
  await newService(page, installation, "in-a-row");
  await page.goto("/services");
  const dialog = dialogOf(page);
  const more = page.getByRole("button", { name: "More actions for in-a-row" });
  const entry = (name: string) => page.getByRole("menuitem", { name });
  await walkTo(page, more);
  await page.keyboard.press("Enter");
  await expectFocusBack(page, entry("Scale"));
  await page.keyboard.press("Escape");
  await expectFocusBack(page, more);
  await page.keyboard.press("Space");
  await expect(entry("Scale")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expectFocusBack(page, entry("Stop"));
  await page.keyboard.press("ArrowDown");
  await expectFocusBack(page, entry("Delete"));
  await page.keyboard.press("Enter");
  await expectFocusBack(page, dialog.getByRole("textbox"));
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expectFocusBack(page, more);
  await page.keyboard.press("Enter");
  await expect(entry("Scale")).toBeFocused();
  await page.keyboard.press("End");
  await expect(entry("Delete")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("textbox")).toBeFocused();
  await page.keyboard.type("in-a-row");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expectFocusBack(page, more);
  await expect(page.getByText("You have no model service yet.")).toBeVisible({ timeout: 30_000 });
  // The row has gone, and the reader goes on from where it stood rather than from the top.
  await page.keyboard.press("Tab");
  await expectFocusSeen(page);
  expect(await page.evaluate(() => document.activeElement?.closest("main")?.id)).toBe("content");
});
