import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { ensureChromium } from "../../bin/checks/chromium.ts";
import { explain } from "../../bin/installation/explain.ts";
import { freePort } from "../../test/free-port.ts";
import startInstallation from "../installation.ts";
import { seed } from "./seed.ts";
import { looks, takeLook } from "./take.ts";

const usage = `Usage: npm run shots [-- --out <folder>] [--only <screen>,…] [--look <language>.<theme>.<width>,…]

Starts an installation of its own, fills it, and writes a picture of every screen in both languages, both themes and two widths.`;
const wholeLimitMs = 20 * 60_000;

interface Options {
  out: string;
  only: string[] | null;
  look: string[] | null;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Takes the pictures, prints their names, and stops everything that was started. */
async function shoot({ out, only, look }: Options): Promise<void> {
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  const executablePath = await ensureChromium();
  const consoleUrl = `http://localhost:${await freePort()}`;
  process.env.HYDRA_E2E_CONSOLE_URL = consoleUrl;
  process.env.HYDRA_E2E_GATEWAY_URL = `http://localhost:${await freePort()}`;
  // A service that cannot get its weights belongs to the screens.
  process.env.HF_ENDPOINT = "http://127.0.0.1:9";
  const stop = await startInstallation();
  const browser = await chromium.launch({ executablePath });
  // Whatever is under way then fails, and what was started is stopped all the same.
  const giveUp = () => void browser.close();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, giveUp);
  const overdue = setTimeout(giveUp, wholeLimitMs);
  try {
    const context = await browser.newContext({ baseURL: consoleUrl, locale: "en-US" });
    const seeded = await seed(await context.newPage(), consoleUrl);
    const session = { browser, consoleUrl, signedIn: await context.storageState(), seeded, folder, only };
    let count = 0;
    for (const one of looks) {
      if (look && !look.includes(`${one.language}.${one.theme}.${one.width}`)) continue;
      const files = await takeLook(session, one);
      for (const file of files) say(join(folder, file));
      count += files.length;
    }
    say(`${count} pictures in ${folder}`);
  } finally {
    clearTimeout(overdue);
    await browser.close();
    await stop();
  }
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({ options: { out: text, only: text, look: text, help: { type: "boolean" } } });
    if (values.help) {
      say(usage);
      return 0;
    }
    await shoot({ out: values.out ?? "shots", only: values.only?.split(",") ?? null, look: values.look?.split(",") ?? null });
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  }
}

process.exitCode = await main();
