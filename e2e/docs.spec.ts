import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, newKey, test } from "./fixtures.ts";

const run = promisify(execFile);
const chapters = ["/docs", "/docs/models", "/docs/services", "/docs/keys", "/docs/errors", "/docs/pricing", "/docs/questions"];

test("the curl sample of the quick start runs as it stands, key aside", async ({ page, account: _, installation }) => {
  const key = await newKey(page, installation);
  await page.goto("/docs");
  const sample = (await page.getByRole("region", { name: /^Request: curl/ }).textContent()) ?? "";
  expect(sample).toContain(`${installation.gatewayUrl}/v1/chat/completions`);
  const { stdout } = await run("sh", ["-c", sample.trim().replace("YOUR_API_KEY", key).replace("curl ", "curl -sS ")]);
  expect((JSON.parse(stdout) as { choices: { message: { content: string } }[] }).choices[0]?.message.content).not.toBe("");
});

test("deep links, contents and neighbours lead where they say; every heading has an anchor; no link is dead", async ({
  page,
  account: _,
}) => {
  test.slow();
  await page.goto("/docs/services#scale");
  await expect(page.getByRole("heading", { name: "Scale", exact: true })).toBeInViewport();
  const contents = page.getByRole("navigation", { name: "Contents" });
  await expect(contents.getByRole("link", { name: "Scale", exact: true })).toHaveAttribute("aria-current", "location");
  await contents.getByRole("link", { name: "Delete" }).click();
  await expect(page).toHaveURL("/docs/services#delete");
  await contents.getByRole("link", { name: "Limits and errors" }).click();
  await expect(page.getByRole("heading", { name: "Limits and errors", level: 1 })).toBeVisible();
  await page
    .getByRole("navigation", { name: "Other chapters" })
    .getByRole("link", { name: /Pricing and billing/ })
    .click();
  await expect(page).toHaveURL("/docs/pricing");

  const links = new Set<string>();
  for (const path of chapters) {
    await page.goto(path);
    await expect(page).toHaveTitle(/Docs · Hydra$/);
    for (const heading of await page.locator("article h2 > a").all()) expect(await heading.getAttribute("href")).toMatch(/^#[a-z-]+$/);
    for (const link of await page.locator("article a[href^='/']").all()) links.add((await link.getAttribute("href"))?.split("#")[0] ?? "");
  }
  expect(links.size).toBeGreaterThan(8);
  for (const link of links) expect((await page.request.get(link)).status(), link).toBe(200);
  expect((await page.request.get("/docs/nothing")).status()).toBe(404);
});

test("in Chinese no sentence of English is left", async ({ page, account: _, installation }) => {
  test.slow();
  await page.context().addCookies([{ name: "hydra-locale", value: "zh", url: installation.consoleUrl }]);
  for (const path of chapters) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
    const texts = await page.locator("main :is(h1, h2, p, li, th, td, button)").allInnerTexts();
    const code = await page.locator("main :is(code, pre)").allInnerTexts();
    const plain = texts.map((text) => code.reduce((rest, piece) => rest.replaceAll(piece, ""), text));
    // Four English words in a row are a sentence; names such as "OpenAI API" and "max_tokens" are shorter.
    expect(
      plain.filter((text) => /([A-Za-z]{2,}[ ,.]+){3}[A-Za-z]{2,}/.test(text)),
      path,
    ).toEqual([]);
  }
});

test("on a phone the contents open at a tap, and nothing overflows", async ({ page, account: _ }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/docs/errors");
  const button = page.getByRole("button", { name: "Contents: Limits and errors" });
  await expect(page.getByRole("navigation", { name: "Contents" })).toBeHidden();
  await button.click();
  await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  for (const path of chapters) {
    await page.goto(path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), path).toBeLessThanOrEqual(0);
  }
});
