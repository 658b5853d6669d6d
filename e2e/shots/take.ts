import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { type Screen, type Seeded, screens } from "./screens.ts";

export interface Look {
  language: "en" | "zh";
  theme: "light" | "dark";
  width: number;
}

const languages = ["en", "zh"] as const;
const themes = ["light", "dark"] as const;
const widths = [1440, 390];
export const looks: Look[] = languages.flatMap((language) =>
  themes.flatMap((theme) => widths.map((width) => ({ language, theme, width }))),
);

/** What the context of a signed-in browser keeps. */
export type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface Session {
  browser: Browser;
  consoleUrl: string;
  signedIn: StorageState;
  seeded: Seeded;
  folder: string;
  /** Names of the screens; null: all. */
  only: string[] | null;
}

const height = 900;
/** A longer page is cut: nobody looks at more in one picture. */
const mostHeight = 6_000;
const screenLimitMs = 20_000;

/** Writes every screen in one look, and returns the files' names. */
export async function takeLook(session: Session, look: Look): Promise<string[]> {
  const files: string[] = [];
  for (const visitor of [true, false]) {
    const context = await openContext(session, look, visitor);
    try {
      const page = await context.newPage();
      for (const screen of screens) {
        if (Boolean(screen.visitor) !== visitor || (session.only && !session.only.includes(screen.name))) continue;
        files.push(await takeScreen(page, session, look, screen));
      }
    } finally {
      await context.close();
    }
  }
  return files;
}

async function openContext({ browser, consoleUrl, signedIn }: Session, look: Look, visitor: boolean): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: consoleUrl,
    viewport: { width: look.width, height },
    colorScheme: look.theme,
    reducedMotion: "reduce",
    hasTouch: look.width < 768,
    locale: look.language === "zh" ? "zh-CN" : "en-US",
    timezoneId: "Asia/Shanghai",
    ...(visitor ? {} : { storageState: signedIn }),
  });
  context.setDefaultTimeout(screenLimitMs);
  await context.addCookies([{ name: "hydra-locale", value: look.language, url: consoleUrl }]);
  return context;
}

async function takeScreen(page: Page, { seeded, folder }: Session, { language, theme, width }: Look, screen: Screen): Promise<string> {
  const file = `${screen.name}.${language}.${theme}.${width}.png`;
  await page.setViewportSize({ width, height });
  await page.goto(screen.path(seeded));
  await atRest(page);
  if (screen.open) {
    await screen.open(page, seeded);
    await atRest(page);
  } else {
    // As tall as the page: a picture of the whole page would cut what sticks to the window.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (whole > height) await page.setViewportSize({ width, height: Math.min(whole, mostHeight) });
  }
  await page.screenshot({ path: join(folder, file), animations: "disabled" });
  return file;
}

/** Nothing is on its way and no skeleton is left; pages that ask again and again are taken after a while. */
async function atRest(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => {});
  await page
    .locator(".animate-pulse")
    .first()
    .waitFor({ state: "detached", timeout: 3_000 })
    .catch(() => {});
}
