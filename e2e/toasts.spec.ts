import type { Locator, Page } from "@playwright/test";
import { expect, newKey, newService, test } from "./fixtures.ts";
import { answered, ask, messageField, tiny } from "./playground-steps.ts";

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/** A browser that lets nobody copy: each press of a copy button then raises a toast, one of the longest there are. */
function refuseToCopy(): void {
  navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
  document.execCommand = () => false;
}

const toasts = (page: Page) => page.locator("[data-sonner-toast][data-mounted=true][data-removed=false]");

/** Toasts are shown, and cover neither what is `needed` now nor anything else of the page or its dialog that can be used. */
async function expectUncovered(page: Page, needed: Locator[]): Promise<void> {
  for (const control of needed) await expect(control).toBeInViewport({ ratio: 1 });
  await expect(toasts(page).first()).toBeVisible();
  // They have slid in.
  await toasts(page)
    .first()
    .evaluate((toast) => Promise.all(toast.getAnimations().map((animation) => animation.finished)));
  const { shown, looked, covered } = await page.evaluate(coveredByToasts);
  expect(shown).toBeGreaterThan(0);
  expect(looked).toBeGreaterThanOrEqual(needed.length);
  expect(covered).toEqual([]);
}

/** Runs in the page. Behind an open dialog nothing can be used. */
function coveredByToasts(): { shown: number; looked: number; covered: string[] } {
  const boxes = [...document.querySelectorAll("[data-sonner-toast][data-visible=true]")].map((toast) => toast.getBoundingClientRect());
  const scope = document.querySelector('[role="dialog"]') ?? document.querySelector("main");
  const usable = "a[href], button, input, textarea, select, summary, [tabindex='0']";
  const controls = [...(scope?.querySelectorAll(usable) ?? [])].filter((element) => element.checkVisibility());
  const covered = controls.filter((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    // Scrolled away under the top bar.
    const box = { left, right, bottom, top: element.closest('[role="dialog"]') ? top : Math.max(top, 56) };
    if (box.bottom <= box.top) return false;
    return boxes.some((toast) => toast.left < box.right && box.left < toast.right && toast.top < box.bottom && box.top < toast.bottom);
  });
  const name = (element: Element) => element.getAttribute("aria-label") ?? element.textContent?.trim() ?? element.tagName;
  return { shown: boxes.length, looked: controls.length, covered: covered.map(name) };
}

for (const viewport of sizes) {
  test.describe(`${viewport.width} × ${viewport.height}`, () => {
    test.use({ viewport });
    test.beforeEach(({ page }) => page.addInitScript(refuseToCopy));

    test("on the services a toast covers nothing that can be used", async ({ page, account: _, installation }) => {
      await newService(page, installation, "uncovered");
      await page.goto("/services");
      const copy = page.getByRole("button", { name: "Copy Model access name" });
      const deploy = page.getByRole("link", { name: "Deploy a model" });
      await copy.click();
      await expectUncovered(page, [deploy]);
      await copy.click();
      await page.getByRole("button", { name: "More actions for uncovered" }).click();
      await page.getByRole("menuitem", { name: "Scale" }).click();
      const dialog = page.getByRole("dialog");
      await expectUncovered(page, [dialog.getByRole("button", { name: "Confirm" }), dialog.getByRole("button", { name: "Close" })]);
      await page.keyboard.press("Escape");
      await copy.click();
      await deploy.click();
      await expect(page.getByRole("heading", { name: "Deploy a model", level: 1 })).toBeVisible();
      await expectUncovered(page, [page.getByRole("button", { name: "Deploy" })]);
    });

    test("on the keys a toast covers nothing that can be used", async ({ page, account: _, installation }) => {
      // A list that reaches the window's foot.
      for (let key = 0; key < 16; key += 1) await newKey(page, installation);
      await page.goto("/keys");
      await page.getByRole("button", { name: "More actions for e2e" }).first().click();
      await page.getByRole("menuitem", { name: "Disable" }).click();
      const create = page.getByRole("button", { name: "Create key" }).first();
      await expectUncovered(page, [create]);
      await create.click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill("uncovered");
      await expectUncovered(page, [dialog.getByRole("button", { name: "Create key" }), dialog.getByLabel("Name", { exact: true })]);
      await dialog.getByRole("button", { name: "Create key" }).click();
      const copy = dialog.getByRole("button", { name: "Copy" }).first();
      await copy.click();
      await expectUncovered(page, [copy, dialog.getByRole("button", { name: "I have copied it" })]);
    });

    test("in the playground a toast covers nothing that can be used", async ({ page, account: _ }) => {
      await page.goto(tiny);
      await ask(page, "Tell me a story");
      await answered(page);
      await messageField(page).fill("Another");
      const composer = [messageField(page), page.getByRole("button", { name: "Send" })];
      await page.getByRole("button", { name: "Copy the answer" }).click();
      await expectUncovered(page, composer);
      await page.getByRole("button", { name: "Delete the answer" }).click();
      await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
      await expectUncovered(page, composer);
      await page.getByRole("button", { name: "Undo" }).click();
      await answered(page);
      await page.getByRole("button", { name: "View code" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: /^Copy/ }).first().click();
      await expectUncovered(page, [dialog.getByRole("button", { name: "Close" })]);
    });
  });
}
