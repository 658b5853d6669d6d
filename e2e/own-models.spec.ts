import { readFile } from "node:fs/promises";
import { startTestHub, type TestHub } from "../test/hub.ts";
import { faults } from "./failed-requests.ts";
import { expect, newAccount, test } from "./fixtures.ts";
import { type SecondConsole, startSecondConsole } from "./second-console.ts";

let hub: TestHub | undefined;
let second: SecondConsole | undefined;

// The browser itself reports every refused request.
test.use({ expectedErrors: [/^Failed to load resource/] });
test.afterAll(async () => {
  await second?.stop();
  await hub?.close();
});
test.beforeEach(async ({ page, installation }) => {
  if (!second) {
    hub = await startTestHub();
    hub.put("someone/Tiny-GGUF", "Tiny-Q4_K_M.gguf", await readFile(new URL("../models/hydra-tiny/tiny-chat.gguf", import.meta.url)));
    hub.describe("someone/Tiny-GGUF", { licence: "mit" });
    second = await startSecondConsole(installation, { HF_ENDPOINT: hub.endpoint, MODELSCOPE_ENDPOINT: hub.endpoint });
  }
  await newAccount(page, installation);
});

test("a model is brought from a hub: a mistake is named, a failure keeps what was typed; it can be deployed, and goes again", async ({
  page,
}) => {
  await page.goto(`${second?.url}/models`);
  await page.getByRole("button", { name: "Add a model" }).click();
  const dialog = page.getByRole("dialog");
  const repository = dialog.getByRole("textbox", { name: "Repository" });
  await repository.fill("someone/Nothing");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(repository).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByText("There is no someone/Nothing on this hub.")).toBeVisible();
  await repository.fill("someone/Tiny-GGUF");
  await dialog.getByRole("textbox", { name: "Name" }).fill("My tiny");

  await page.route("**/api/models", (route) => (route.request().method() === "POST" ? faults.refused(route) : route.continue()));
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert").filter({ hasText: "Something went wrong" })).toBeVisible();
  await expect(repository).toHaveValue("someone/Tiny-GGUF");
  // Esc must not throw away what was typed.
  await page.keyboard.press("Escape");
  await expect(repository).toHaveValue("someone/Tiny-GGUF");
  await page.unroute("**/api/models");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("heading", { name: "My tiny", level: 1 })).toBeVisible();
  await expect(page.getByText("mit", { exact: true })).toBeVisible();
  await page.getByText("Chat template", { exact: true }).click();
  await expect(page.getByText("<|im_start|>").first()).toBeVisible();
  await page
    .getByRole("main")
    .getByRole("link", { name: /Deploy/ })
    .first()
    .click();
  await expect(page.getByRole("radio", { name: /My tiny/ })).toBeChecked();
  // What an instance of each type will take, before one is started.
  await expect(page.getByRole("radio", { name: /cpu-small.*1,024 tokens of context/ })).toBeVisible();

  await page.goBack();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.route("**/api/models/**", (route) => (route.request().method() === "DELETE" ? faults.lost(route) : route.continue()));
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true });
  await confirm.click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("The console cannot be reached");
  await page.unroute("**/api/models/**");
  await confirm.click();
  await expect(page.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
  await expect(page.getByText("My tiny", { exact: true })).toHaveCount(0);
});
