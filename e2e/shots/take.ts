import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { type Screen, type Seeded, screens, type Viewer, viewers } from "./screens.ts";
import { Traffic } from "./traffic.ts";

const themes = ["light", "dark"] as const;
type Theme = (typeof themes)[number];

/** Screens of one language and width share a browser context; each page is loaded once and pictured in both themes. */
export interface Lane {
  language: "en" | "zh";
  width: number;
  themes: Theme[];
}

/** What the context of a signed-in browser keeps. */
export type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

export interface Session {
  browser: Browser;
  consoleUrl: string;
  signedIn: Record<Exclude<Viewer, "visitor">, StorageState>;
  seeded: Seeded;
  folder: string;
  /** Names of the screens; null: all. */
  only: string[] | null;
  /** Hears of each picture's file, or why there is none. */
  onPicture: (file: string, problem: unknown) => void;
}

const height = 900;
/** A longer page is cut: nobody looks at more in one picture. */
const mostHeight = 6_000;
const screenLimitMs = 20_000;

/** The lanes whose looks (`language.theme.width`) are asked for; null: all. */
export function lanesOf(looks: string[] | null): Lane[] {
  const all = (["en", "zh"] as const).flatMap((language) => [1440, 390].map((width) => ({ language, width })));
  return all
    .map((lane) => ({ ...lane, themes: themes.filter((theme) => !looks || looks.includes(lookOf(lane, theme))) }))
    .filter((lane) => lane.themes.length > 0);
}

function lookOf({ language, width }: Pick<Lane, "language" | "width">, theme: Theme): string {
  return `${language}.${theme}.${width}`;
}

/** Writes every screen of one lane. */
export async function takeLane(session: Session, lane: Lane): Promise<void> {
  for (const viewer of viewers) {
    const wanted = screens.filter((screen) => screen.viewer === viewer && isWanted(screen, session, lane));
    if (wanted.length === 0) continue;
    const context = await openContext(session, lane, viewer);
    try {
      const page = await context.newPage();
      const traffic = new Traffic(page);
      for (const screen of wanted) await takeScreen(page, traffic, session, lane, screen);
    } finally {
      await context.close();
    }
  }
}

function isWanted({ name, width }: Screen, { only }: Session, lane: Lane): boolean {
  return (!only || only.includes(name)) && (!width || width === lane.width);
}

async function openContext({ browser, consoleUrl, signedIn }: Session, { language, width }: Lane, viewer: Viewer): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: consoleUrl,
    viewport: { width, height },
    reducedMotion: "reduce",
    hasTouch: width < 768,
    isMobile: width < 768,
    locale: language === "zh" ? "zh-CN" : "en-US",
    timezoneId: "Asia/Shanghai",
    ...(viewer === "visitor" ? {} : { storageState: signedIn[viewer] }),
  });
  context.setDefaultTimeout(screenLimitMs);
  await context.addCookies([{ name: "hydra-locale", value: language, url: consoleUrl }]);
  return context;
}

/** One screen that fails is told of, and the others are taken all the same. */
async function takeScreen(page: Page, traffic: Traffic, session: Session, lane: Lane, screen: Screen): Promise<void> {
  const left = lane.themes.map((theme) => ({ theme, file: join(session.folder, `${screen.name}.${lookOf(lane, theme)}.png`) }));
  try {
    await page.setViewportSize({ width: lane.width, height });
    await page.goto(screen.path(session.seeded));
    await traffic.rest();
    if (screen.open) {
      await screen.open(page);
      await traffic.rest();
    } else {
      await showWhole(page, lane.width);
    }
    for (const { theme, file } of [...left]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`html.${theme}`).waitFor();
      await page.screenshot({ path: file, animations: "disabled" });
      left.shift();
      session.onPicture(file, null);
    }
    await screen.close?.(page);
  } catch (error) {
    for (const { file } of left) session.onPicture(file, error);
  }
}

/** As tall as the page: a picture of the whole page would cut what sticks to the window. */
async function showWhole(page: Page, width: number): Promise<void> {
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  if (whole > height) await page.setViewportSize({ width, height: Math.min(whole, mostHeight) });
}
