import { readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { wallPrompt } from "../test/wall/script.ts";
import { expect, test } from "./fixtures.ts";
import { offerNewModel, untilOffered, type WallModel } from "./wall-model.ts";

let painter: WallModel;
test.beforeAll(async () => {
  const prices = ["--input", "0", "--output", "0", "--image", "0.2"];
  painter = await offerNewModel({ dataDir: process.env.HYDRA_E2E_DATA_DIR ?? "" }, { slug: "painter", kind: "image_generation", prices });
});
test.afterAll(() => painter?.close());
test.beforeEach(async ({ page, account: _ }) => {
  await untilOffered(page, painter.accessName);
  await page.goto("/playground/image");
});

const prompt = (page: Page) => page.getByRole("textbox", { name: "Prompt", exact: true });
const batches = (page: Page) => page.getByTestId("batch");

test("pictures are drawn as asked, say what they cost, and are downloaded", async ({ page }) => {
  await expect(page.getByRole("combobox", { name: "Model" })).toContainText("public/painter");
  await prompt(page).fill("A lighthouse at dawn");
  await page.getByRole("textbox", { name: "Negative prompt" }).fill("people");
  await page.getByLabel("Size", { exact: true }).selectOption("512x512");
  await page.getByLabel("Count", { exact: true }).selectOption("2");
  await page.getByRole("textbox", { name: "Seed" }).fill("7");
  await expect(page.getByText("¥0.20 per image")).toBeVisible();
  await page.getByRole("button", { name: "Generate" }).click();
  await expect(batches(page)).toHaveAttribute("data-status", "done");
  const asked = { model: "wall", prompt: "A lighthouse at dawn", negative_prompt: "people", size: "512x512", n: 2, seed: 7 };
  expect(painter.wall.call().body).toMatchObject(asked);
  await expect(batches(page)).toContainText(/public\/painter · 512 × 512 · 2 images · seed 7 · .*Cost ¥0\.40/);
  for (const number of [1, 2]) {
    const picture = page.getByRole("img", { name: `A lighthouse at dawn, picture ${number}` });
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  }
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download picture 2" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("hydra-1-2.png");
  expect((await readFile(await file.path())).subarray(1, 4).toString()).toBe("PNG");

  // Another page and back: what was drawn and typed is still there.
  await page.getByRole("link", { name: "Pricing" }).click();
  await page.getByRole("link", { name: "Playground" }).click();
  await page.getByRole("main").getByRole("link", { name: "Image", exact: true }).click();
  await expect(batches(page).getByRole("img")).toHaveCount(2);
  await expect(prompt(page)).toHaveValue("A lighthouse at dawn");
  await page.getByRole("button", { name: "Generate again" }).click();
  await expect(batches(page)).toHaveCount(2);
  await batches(page).last().getByRole("button", { name: "Remove" }).click();
  await expect(batches(page)).toHaveCount(1);
  await page.reload();
  await expect(prompt(page)).toHaveValue("A lighthouse at dawn");
});

test("a drawing is stopped, and the model is told", async ({ page }) => {
  await prompt(page).fill(wallPrompt({ fault: "hang" }));
  await page.getByRole("button", { name: "Generate" }).click();
  await expect(page.getByText("Drawing. This may take a minute.")).toBeVisible();
  const hanging = () => painter.wall.calls.filter(({ body }) => String(body.prompt).includes("hang"));
  await expect.poll(() => hanging().length).toBe(1);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("You stopped this.")).toBeVisible();
  await expect.poll(() => hanging().map(({ closedByPeerAt }) => closedByPeerAt !== null)).toEqual([true]);
  await expect(prompt(page)).not.toHaveValue("");
});

test.describe("a model that fails", () => {
  test.use({ expectedErrors: [/status of 5\d\d/] });

  test("says so, keeps what was typed, and draws at another try", async ({ page }) => {
    await prompt(page).fill(wallPrompt({ fault: "malformed", times: 2, key: "painter" }));
    await page.getByRole("button", { name: "Generate" }).click();
    await expect(batches(page)).toHaveAttribute("data-status", "failed");
    await expect(batches(page).getByRole("alert")).toContainText(/[Tt]ry again/);
    await expect(prompt(page)).not.toHaveValue("");
    await expect(async () => {
      await page.getByRole("button", { name: "Try again" }).first().click();
      await expect(batches(page).first()).toHaveAttribute("data-status", "done");
    }).toPass();
  });
});

for (const [language, theme, width] of [
  ["en", "light", 1440],
  ["zh", "dark", 390],
] as const) {
  test(`axe finds nothing in the gallery: ${language}, ${theme}, ${width} px`, async ({ page, installation }) => {
    await page.context().addCookies([{ name: "hydra-locale", value: language, url: installation.consoleUrl }]);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    await page.reload();
    await page.getByRole("textbox").first().fill("A lighthouse");
    await page.getByRole("button", { name: language === "zh" ? "生成" : "Generate", exact: true }).click();
    await expect(batches(page)).toHaveAttribute("data-status", "done");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
}
