import { readdir, readFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, newAccount, newService, test } from "./fixtures.ts";

const pages = [
  "/models",
  "/models/hydra-tiny",
  "/models/hydra-tiny?tab=api",
  "/playground",
  "/services",
  "/services/new",
  "/keys",
  "/pricing",
  "/docs",
  "/docs/errors",
  "/settings",
  "/settings?tab=sign-in",
  "/settings?tab=preferences",
  "/settings?tab=sessions",
  "/settings?tab=delete",
];

/** For those who are not signed in. */
const doors = ["/sign-in?error=identity_not_linked", "/sign-up", "/forgot-password", "/reset-password?token=none"];

async function prepare(page: Page, language: "en" | "zh", theme: "light" | "dark", consoleUrl: string) {
  await page.context().addCookies([{ name: "hydra-locale", value: language, url: consoleUrl }]);
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
}

for (const [language, theme, width] of [
  ["en", "light", 1440],
  ["zh", "dark", 390],
] as const) {
  test(`axe finds nothing and nothing overflows: ${language}, ${theme}, ${width} px`, async ({ page, installation }) => {
    test.slow();
    await newAccount(page, installation);
    const service = await newService(page, installation, "axe");
    await prepare(page, language, theme, installation.consoleUrl);
    await page.setViewportSize({ width, height: 900 });
    const key = await page.request.post("/api/api-keys", { data: { name: "axe" }, headers: { origin: installation.consoleUrl } });
    for (const path of [...pages, `/services/${service.id}`, `/keys/${(await key.json()).id}`]) await examine(page, path);
    await page.context().clearCookies({ name: /-session$/ });
    for (const path of doors) await examine(page, path);
  });
}

async function examine(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState("networkidle");
  // Less motion was asked for.
  expect(await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length), path).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), path).toBeLessThanOrEqual(0);
}

test.describe("titles and widths", () => {
  // Some of these pages are not there.
  test.use({ expectedErrors: [/status of 404/] });

  test("each page has a title of its own, in the reader's language, and fits every width", async ({ page, account: _, installation }) => {
    test.slow();
    for (const language of ["en", "zh"] as const) {
      await prepare(page, language, "light", installation.consoleUrl);
      const titles = new Map<string, string>();
      const missing = ["/nothing-here", "/models/none", "/services/none", "/keys/none"];
      for (const path of [...pages.filter((path) => !path.includes("tab=")), "/playground/image", ...missing]) {
        await page.goto(path);
        const title = await page.title();
        expect(title, path).toMatch(/Hydra$/);
        expect(titles.get(title), `${path}: ${title}`).toBeUndefined();
        titles.set(title, path);
        if (language === "zh" && !/hydra-tiny/.test(path)) expect(title, path).toMatch(/[\u4e00-\u9fff]/);
        for (const width of [320, 390, 640, 768, 1024, 1280, 1920]) {
          await page.setViewportSize({ width, height: 900 });
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(wider, `${path} at ${width} px`).toBeLessThanOrEqual(0);
        }
      }
    }
  });
});

test("in Chinese no page has a sentence of English left", async ({ page, account: _, installation }) => {
  test.slow();
  const service = await newService(page, installation, "words");
  await prepare(page, "zh", "light", installation.consoleUrl);
  await page.setViewportSize({ width: 1440, height: 900 });
  const tabs = ["overview", "logs", "metrics", "billing", "api"].map((tab) => `/services/${service.id}?tab=${tab}`);
  const key = await page.request.post("/api/api-keys", { data: { name: "words" }, headers: { origin: installation.consoleUrl } });
  const inside = [...pages, "/playground/image", "/keys?create=1", ...tabs, `/keys/${(await key.json()).id}`];
  const left = async (path: string) => {
    await page.goto(path);
    await page.waitForLoadState("networkidle");
    // Names and code stay as they are; a sentence has small words side by side.
    const text = await page.evaluate(() => {
      const copy = document.body.cloneNode(true) as HTMLElement;
      for (const element of copy.querySelectorAll("script, style, code, pre, [role=log], .font-mono")) element.remove();
      const named = [...copy.querySelectorAll("[aria-label], [title], [placeholder]")];
      const names = named.flatMap((element) => ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name) ?? ""));
      return [copy.textContent, ...names].join("\n");
    });
    expect(text.match(/\b[A-Za-z]?[a-z]+(?:,? [a-z]{2,}){2,}/g) ?? [], path).toEqual([]);
  };
  for (const path of inside) await left(path);
  await page.context().clearCookies({ name: /-session$/ });
  for (const path of doors) await left(path);
});

test("scripts run by the page's own nonce alone", async ({ page, account: _ }) => {
  for (const path of ["/models", "/playground", "/sign-in"]) {
    const answer = await page.goto(path);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    const scripts = policy.split("; ").find((part) => part.startsWith("script-src ")) ?? "";
    expect(scripts, path).toMatch(/^script-src 'self' 'nonce-[^']{20,}' 'strict-dynamic'$/);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("object-src 'none'");
    expect((await page.request.get(path)).headers()["content-security-policy"]).not.toBe(policy);
  }
});

test("a page says what it is for until its reader puts that away, on that page alone and for good", async ({ page, account: _ }) => {
  const keys = page.getByText("Programs that call your models prove with a key that they are yours.");
  const services = page.getByText("Models that run on instances of your own, billed by the second.");
  await page.goto("/keys");
  await expect(keys).toBeVisible();
  await page.getByRole("button", { name: "Put this line away" }).click();
  await expect(keys).toBeHidden();
  await page.getByRole("link", { name: "Model services" }).click();
  await expect(services).toBeVisible();
  await page.getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect(keys).toBeHidden();
  await page.reload();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect(keys).toBeHidden();
});

test("every message has both languages", async () => {
  const [files, ...others] = await Promise.all(
    ["en", "zh"].map((language) => readdir(new URL(`../messages/${language}`, import.meta.url))),
  );
  for (const other of others) expect(other.sort()).toEqual(files?.sort());
  for (const name of files ?? []) {
    const [en, zh] = await Promise.all(["en", "zh"].map((language) => readMessages(language, name)));
    expect(Object.keys(zh ?? {}).sort(), name).toEqual(Object.keys(en ?? {}).sort());
  }
});

async function readMessages(language: string, name: string): Promise<Record<string, string>> {
  const text = await readFile(new URL(`../messages/${language}/${name}`, import.meta.url), "utf8");
  return flatten(JSON.parse(text) as Record<string, unknown>);
}

function flatten(tree: Record<string, unknown>, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flatten(value as Record<string, unknown>, `${prefix}${key}.`)),
    ),
  );
}
