import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** A new conversation with the demo model. */
export const tiny = "/playground?conversation=new&model=public/hydra-tiny";

export const messageField = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });
export const answers = (page: Page) => page.getByTestId("answer");

export async function ask(page: Page, question: string): Promise<void> {
  await messageField(page).fill(question);
  await messageField(page).press("Enter");
}

/** Waits for the last answer's end. */
export async function answered(page: Page, status = "done"): Promise<void> {
  await expect(answers(page).last()).toHaveAttribute("data-status", status, { timeout: 30_000 });
}
