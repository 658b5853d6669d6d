import { readFile } from "node:fs/promises";
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
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${path}: ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), path).toBeLessThanOrEqual(0);
}

test("every message has both languages", async () => {
  for (const name of [
    "common",
    "shell",
    "auth",
    "models",
    "services",
    "keys",
    "settings",
    "playground",
    "palette",
    "pricing",
    "docs",
    "errors",
  ]) {
    const [en, zh] = await Promise.all(["en", "zh"].map((language) => readMessages(language, name)));
    expect(Object.keys(zh ?? {}).sort(), name).toEqual(Object.keys(en ?? {}).sort());
  }
});

async function readMessages(language: string, name: string): Promise<Record<string, string>> {
  const text = await readFile(new URL(`../messages/${language}/${name}.json`, import.meta.url), "utf8");
  return flatten(JSON.parse(text) as Record<string, unknown>);
}

function flatten(tree: Record<string, unknown>, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flatten(value as Record<string, unknown>, `${prefix}${key}.`)),
    ),
  );
}
