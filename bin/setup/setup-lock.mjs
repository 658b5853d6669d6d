import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rootDir } from "./paths.mjs";
import { say } from "./progress.mjs";

const beatMs = 1_000;
/** Without a beat for so long the holder is gone, even where its pid belongs to somebody else by now. */
const silentMs = 15_000;
/** A dead holder's file is not taken younger than this: it may be the file of a start that is just writing it. */
const settleMs = 2_000;

/**
 * Runs `work` while no other start of this checkout installs, generates or builds; a second one waits and says so.
 * The lock is a file with a heartbeat, because this code runs on Node 20 before anything is installed.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [file]
 * @returns {Promise<T>}
 */
export async function withSetupLock(work, file = join(rootDir, ".hydra", "setup.lock")) {
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  let told = false;
  while (!take(file)) {
    if (!told) say(`  … waiting for process ${holder(file) ?? "?"}, which installs or builds in this checkout`);
    told = true;
    await sleep(500);
  }
  const release = () => rmSync(file, { force: true });
  const beat = setInterval(() => touch(file), beatMs);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener("exit", release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    const handle = openSync(file, "wx");
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    if (abandoned(file)) discard(file);
    return false;
  }
}

/** @param {string} file */
function abandoned(file) {
  const info = statSync(file, { throwIfNoEntry: false });
  if (!info) return false;
  const silent = Date.now() - info.mtimeMs;
  if (silent > silentMs) return true;
  const pid = holder(file);
  return silent > settleMs && pid !== null && !alive(pid);
}

/**
 * Renaming lets just one of several waiting starts take the abandoned file away; one that comes too late and holds the
 * file of a new holder puts it back.
 * @param {string} file
 */
function discard(file) {
  const aside = `${file}.${process.pid}`;
  const gone = holder(file);
  try {
    renameSync(file, aside);
    if (holder(aside) === gone) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
}

/** @param {string} file */
function holder(file) {
  try {
    return Number(readFileSync(file, "utf8")) || null;
  } catch {
    return null;
  }
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Taken from us after a long sleep of the machine; the work goes on, the tools keep their own order.
  }
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
