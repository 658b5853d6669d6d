import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileLock, tryFileLock } from "#lib/file-lock.ts";
import { newId } from "#lib/ids.ts";

/** A gateway's own folder, and with it its identity: whoever sits here next goes on with what was left. */
export interface Seat {
  id: string;
  dir: string;
  /** Gives the seat to the next one that comes. */
  leave(): void;
}

/** More gateways than that on one machine are a mistake, such as a start in a loop. */
const mostSeats = 256;

/** Takes the first free folder `<dataDir>/gateway/<n>`; processes that end, however they do, leave theirs free. */
export function takeSeat(dataDir: string): Seat {
  for (let number = 0; number < mostSeats; number++) {
    const dir = join(dataDir, "gateway", String(number));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lock = tryFileLock(join(dir, "lock"));
    if (lock) return seatIn(dir, lock);
  }
  throw new Error(`all ${mostSeats} folders below ${join(dataDir, "gateway")} are taken by running gateways`);
}

/** The other folders in which somebody sat and nobody does now. Each is to be left again soon. */
export function takeLeftSeats(dataDir: string): Seat[] {
  return readdirSync(join(dataDir, "gateway")).flatMap((name) => {
    const dir = join(dataDir, "gateway", name);
    if (!/^\d+$/.test(name) || !existsSync(join(dir, "id"))) return [];
    const lock = tryFileLock(join(dir, "lock"));
    return lock ? [seatIn(dir, lock)] : [];
  });
}

function seatIn(dir: string, lock: FileLock): Seat {
  try {
    return { id: idOf(join(dir, "id")), dir, leave: lock.release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function idOf(file: string): string {
  try {
    const id = readFileSync(file, "utf8").trim();
    if (id) return id;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const id = newId("gtw");
  // Whole or not at all: half an id would be another gateway's.
  writeFileSync(`${file}.new`, id, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return id;
}
