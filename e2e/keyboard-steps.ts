import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** More presses than any page of these tests has stops. */
const mostStops = 80;

/** Presses a key until `target` has the focus; wherever it stops on the way, a reader sees where they are. */
export async function walkTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < mostStops; stop += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate(() => document.activeElement === document.body)) continue;
    await expectFocusSeen(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${mostStops} presses of ${key} did not reach ${target}`);
}

/** The element with the focus is marked, and nothing lies over it. */
export async function expectFocusSeen(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(whyFocusIsUnseen), { message: "the focus can be seen" }).toBeNull();
}

/** `target` has the focus again, and is marked. */
export async function expectFocusBack(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeFocused();
  await expectFocusSeen(page);
}

/** Runs in the page. Null where the focus can be seen. */
function whyFocusIsUnseen(): string | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "nothing has the focus";
  const name = `${focused.tagName} "${focused.getAttribute("aria-label") ?? focused.textContent?.trim().slice(0, 40)}"`;
  const ringed = (element: Element, part?: string) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element, part);
    return outlineStyle === "solid" && Number.parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)";
  };
  // The link of a row rings the whole row; a radio button's ring is its card's.
  const marked = ringed(focused) || ringed(focused, "::after") || ringed(focused.closest("label") ?? focused);
  const lit = focused.matches('[role^="menuitem"]') && getComputedStyle(focused).backgroundColor !== "rgba(0, 0, 0, 0)";
  if (!marked && !lit) return `${name} is not marked`;
  const box = focused.getBoundingClientRect();
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)];
  const [right, bottom] = [Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)];
  if (right <= left || bottom <= top) return `${name} is out of view`;
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  if (!over || !(focused.contains(over) || over.contains(focused))) return `${name} lies under ${over?.tagName}`;
  return null;
}
