import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { Refusal } from "../installation/refusal.ts";
import { step } from "../setup/progress.mjs";

const run = promisify(execFile);

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Path of a Chromium: one that is installed, else Debian's, which root can install. */
export async function ensureChromium(): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  if (process.platform === "linux" && process.getuid?.() === 0 && (await executable("/usr/bin/apt-get"))) {
    await step("Installing Chromium", installWithApt);
    const installed = await findChromium();
    if (installed) return installed;
  }
  throw new Refusal(
    "The end-to-end tests need a Chromium. Install Chromium or Chrome with your system's package manager, run `npx playwright install chromium`, or set HYDRA_E2E_CHROMIUM to the path of one.",
  );
}

/** The first Chromium among HYDRA_E2E_CHROMIUM, Playwright's own and the usual places; null where there is none. */
export async function findChromium(places: string[] = usual): Promise<string | null> {
  const own = process.env.HYDRA_E2E_CHROMIUM;
  if (own) {
    if (await executable(own)) return own;
    throw new Refusal(`HYDRA_E2E_CHROMIUM: ${own} is no program. Set it to the path of a Chromium, or leave it out.`);
  }
  for (const path of [chromium.executablePath(), ...places]) if (path && (await executable(path))) return path;
  return null;
}

async function installWithApt(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation", "fonts-noto-cjk"], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
}

function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
