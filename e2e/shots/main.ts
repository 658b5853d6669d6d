import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { ensureChromium } from "../../bin/checks/chromium.ts";
import { explain } from "../../bin/installation/explain.ts";
import { freePort } from "../../test/free-port.ts";
import startInstallation from "../installation.ts";
import { newcomer, seed } from "./seed.ts";
import { type Lane, lanesOf, type Session, takeLane } from "./take.ts";

const usage = `Usage: npm run shots [-- --out <folder>] [--only <screen>,…] [--look <language>.<theme>.<width>,…]

Starts an installation of its own, fills it, and writes a picture of every screen in both languages, both themes and two widths.`;
const wholeLimitMs = 10 * 60_000;
/** Pages that load at a time; more than that make each other wait on a small machine. */
const pagesAtATime = 2;

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
  // As most readers have it: a bar that only shows where bars are shown would stay unseen.
  const browser = await chromium.launch({ executablePath, ignoreDefaultArgs: ["--hide-scrollbars"] });
  // Whatever is under way then fails, and what was started is stopped all the same.
  const giveUp = () => void browser.close();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, giveUp);
  const overdue = setTimeout(giveUp, wholeLimitMs);
  try {
    const [user, other] = [
      await browser.newContext({ baseURL: consoleUrl, locale: "en-US" }),
      await browser.newContext({ baseURL: consoleUrl }),
    ];
    const seeded = await seed(await user.newPage(), consoleUrl);
    await newcomer(await other.newPage(), consoleUrl);
    const signedIn = { user: await user.storageState(), newcomer: await other.storageState() };
    const session = { browser, consoleUrl, signedIn, seeded, folder, only };
    const failed = await takeAll(session, lanesOf(look));
    if (failed > 0) throw new Error(`${failed} pictures could not be taken; the lines above say why.`);
  } finally {
    clearTimeout(overdue);
    await browser.close();
    await stop();
  }
}

/** Takes the lanes' pictures, tells of each, and returns how many are missing. */
async function takeAll(session: Omit<Session, "onPicture">, lanes: Lane[]): Promise<number> {
  const began = performance.now();
  let taken = 0;
  let failed = 0;
  const onPicture = (file: string, problem: unknown) => {
    if (problem === null) taken++;
    else failed++;
    say(problem === null ? file : `${file} is missing: ${explain(problem)}`);
  };
  const left = [...lanes];
  const work = async () => {
    for (let lane = left.shift(); lane; lane = left.shift()) await takeLane({ ...session, onPicture }, lane);
  };
  await Promise.all(Array.from({ length: pagesAtATime }, work));
  say(`${taken} pictures in ${session.folder}, taken in ${Math.round((performance.now() - began) / 1_000)} s`);
  return failed;
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
