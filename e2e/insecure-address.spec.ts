import type { Page } from "@playwright/test";
import { test as base, expect } from "./fixtures.ts";
import { answered, ask, messageField, tiny } from "./playground-steps.ts";

/** A host of the local network, reached over plain HTTP: to a browser no secure place. */
const host = "hydra.lan";
const test = base.extend({
  launchOptions: [
    async ({ launchOptions }, use) => {
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${host} 127.0.0.1`] });
    },
    { scope: "worker" },
  ],
});

async function signUp(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-up`);
  await page.getByLabel("Email").fill(`lan-${Date.now()}@example.com`);
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
  expect(await page.evaluate(() => [window.isSecureContext, typeof navigator.clipboard])).toEqual([false, "undefined"]);
}

test("over plain HTTP on a local network: copying works, in a dialog too, and the rest of the console as well", async ({
  page,
  installation,
}) => {
  const origin = `http://${host}:${new URL(installation.consoleUrl).port}`;
  await signUp(page, origin);
  const paste = async () => {
    const field = page.getByRole("searchbox").first();
    await field.fill("");
    await field.press("ControlOrMeta+V");
    return field.inputValue();
  };

  await page.goto(`${origin}/keys?create=1`);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("lan");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const key = await dialog.getByText(/^sk-hy-/).textContent();
  await dialog.getByRole("button", { name: "Copy API key" }).press("Enter");
  await expect(dialog.getByRole("button", { name: "Copied", exact: true })).toBeFocused();
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  expect(await paste()).toBe(key);

  await page.goto(origin + tiny);
  await ask(page, "Hello");
  await answered(page);
  await page.getByRole("button", { name: "Copy the question" }).click({ force: true });
  await expect(page.getByRole("button", { name: "Copied", exact: true })).toBeVisible();
  await messageField(page).press("ControlOrMeta+V");
  await expect(messageField(page)).toHaveValue("Hello");
});

test("where even that is refused, it says so", async ({ page, installation }) => {
  const origin = `http://${host}:${new URL(installation.consoleUrl).port}`;
  await page.addInitScript(() => {
    document.execCommand = () => false;
  });
  await signUp(page, origin);
  await page.goto(`${origin}/models/hydra-tiny`);
  await page.getByRole("button", { name: /^Copy/ }).first().click();
  await expect(page.getByText("Your browser did not let this be copied. Select the text and copy it yourself.")).toBeVisible();
});
