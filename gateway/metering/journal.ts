import { close, ftruncate, open, unlink, write } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Logger } from "#lib/observability/logger.ts";
import type { JournalLine } from "./journal-line.ts";

const maxFileBytes = 8 * 1024 * 1024;
/** A file beyond this, of which every call is settled, is emptied. */
const worthEmptying = 1024 * 1024;
/** Emptied files that are kept for later: to make and delete files all the time costs a file system milliseconds. */
const mostSpare = 2;
const [openFile, closeFile, truncate, remove] = [promisify(open), promisify(close), promisify(ftruncate), promisify(unlink)];
const filePattern = /^journal-\d+\.log$/;

/** Node's `write`: how many bytes of the buffer from `offset` went into the file. */
export type WriteBytes = (fd: number, bytes: Buffer, offset: number, done: (error: Error | null, written: number) => void) => void;

/** What the journal knows of a call: the files that it stands in. */
export type Traces = LogFile[];

interface LogFile {
  path: string;
  /** Null until its first write. */
  fd: number | null;
  bytes: number;
  /** Calls in it that are not settled. */
  open: number;
}

/**
 * Lines of what is not in the database yet, appended to files of 8 MB, each emptied when all of its calls are settled.
 * What has been written outlives this process, not the machine.
 */
export class Journal {
  readonly #dir: string;
  readonly #logger: Logger;
  readonly #write: WriteBytes;
  #number: number;
  #file: LogFile | null = null;
  /** Emptied, in use again later. */
  readonly #spare: LogFile[] = [];
  #closing = false;
  #lines = "";
  /** On its way into the file, and how much of it is there. */
  #sending: { bytes: Buffer; offset: number } | null = null;
  #busy: Promise<void> | null = null;
  #failing = false;

  constructor(dir: string, options: { logger: Logger; write?: WriteBytes }) {
    this.#dir = dir;
    // After all earlier files, without having looked at them.
    this.#number = Date.now();
    this.#logger = options.logger;
    this.#write = options.write ?? ((fd, bytes, offset, done) => write(fd, bytes, offset, done));
  }

  /** True from a write that failed (the disk is full) until one succeeds. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Takes a line (without its end) for the next write. */
  add(line: string, traces: Traces): void {
    this.#file ??= this.#next();
    const file = this.#file;
    if (!traces.includes(file)) {
      traces.push(file);
      file.open += 1;
    }
    this.#lines += `${line}\n`;
  }

  /** All of a call is in the database: its lines are of no more use. */
  forget(traces: Traces): void {
    for (const file of traces) {
      file.open -= 1;
      if (file.open === 0 && file !== this.#file) void this.#drop(file);
    }
    traces.length = 0;
  }

  /** Hands what was taken to the file in one write; where one is under way, or failed, that is finished first. */
  flush(): Promise<void> {
    this.#busy ??= this.#flush().finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  /** Writes the rest; deletes everything where nothing is open. */
  async close(): Promise<void> {
    await this.flush();
    await this.flush();
    this.#closing = true;
    const file = this.#file;
    this.#file = null;
    for (const spare of this.#spare.splice(0)) await this.#drop(spare);
    if (file?.open === 0) await this.#drop(file);
    else if (file?.fd != null) await closeFile(file.fd);
  }

  async #flush(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    if (!this.#sending && this.#lines !== "") {
      this.#sending = { bytes: Buffer.from(this.#lines), offset: 0 };
      this.#lines = "";
    }
    while (this.#sending) {
      const { bytes, offset } = this.#sending;
      const fd = await this.#open(file);
      if (fd === null) return;
      const { error, written } = await new Promise<{ error: Error | null; written: number }>((resolve) => {
        this.#write(fd, bytes, offset, (error, written) => resolve({ error, written }));
      });
      if (error) return this.#failed(error);
      file.bytes += written;
      // A disk that is nearly full takes a part; a line is completed before another begins.
      this.#sending = offset + written < bytes.length ? { bytes, offset: offset + written } : null;
    }
    if (this.#failing) this.#logger.info("the journal can be written again");
    this.#failing = false;
    // Lines that come meanwhile stand in memory.
    if (file.open === 0 && file.bytes >= worthEmptying) await this.#empty(file);
    else if (this.#lines === "" && file.bytes >= maxFileBytes) this.#file = null;
  }

  /** Whether it is empty now. */
  async #empty(file: LogFile): Promise<boolean> {
    if (file.fd === null) return true;
    try {
      await truncate(file.fd, 0);
      file.bytes = 0;
      return true;
    } catch (err) {
      this.#logger.warn({ err }, "a journal file that is settled could not be emptied");
      return false;
    }
  }

  #failed(err: Error): void {
    if (!this.#failing) this.#logger.error({ err }, "the journal cannot be written; no calls are admitted until it can");
    this.#failing = true;
  }

  #next(): LogFile {
    const spare = this.#spare.pop();
    if (spare) return spare;
    const path = join(this.#dir, `journal-${String(this.#number).padStart(16, "0")}.log`);
    this.#number += 1;
    return { path, fd: null, bytes: 0, open: 0 };
  }

  /** A full disk may refuse the file itself; then it is tried again with the next write. */
  async #open(file: LogFile): Promise<number | null> {
    try {
      file.fd ??= await openFile(file.path, "a", 0o600);
    } catch (error) {
      this.#failed(error as Error);
    }
    return file.fd;
  }

  /** Nothing in it is open: it is kept for later, or deleted. */
  async #drop(file: LogFile): Promise<void> {
    if (file.fd === null) return;
    if (!this.#closing && this.#spare.length < mostSpare && (await this.#empty(file)) && !this.#closing) {
      this.#spare.push(file);
      return;
    }
    try {
      await closeFile(file.fd);
      await remove(file.path);
    } catch (err) {
      this.#logger.warn({ err }, "a journal file that is settled could not be deleted");
    }
  }
}

export interface LeftJournal {
  lines: JournalLine[];
  /** Deletes what was read. */
  drop(): Promise<void>;
}

/** What earlier processes left in the folder, file by file. A line that was cut off is no line. */
export async function readLeftJournal(dir: string, logger: Logger): Promise<LeftJournal> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = (await readdir(dir)).filter((name) => filePattern.test(name)).sort();
  const lines: JournalLine[] = [];
  for (const name of names) {
    for (const text of (await readFile(join(dir, name), "utf8")).split("\n")) {
      if (text === "") continue;
      try {
        lines.push(JSON.parse(text) as JournalLine);
      } catch {
        logger.warn({ file: name, bytes: text.length }, "a journal line was cut off by the end of its process");
      }
    }
  }
  return {
    lines,
    async drop() {
      for (const name of names) await rm(join(dir, name), { force: true });
    },
  };
}
