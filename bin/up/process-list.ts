import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { readText } from "../installation/private-file.ts";

const listSchema = z.array(z.object({ name: z.string(), pid: z.number().int().positive(), startedAt: z.string() }));
export type ListedProcess = z.infer<typeof listSchema>[number];

/** The children of `hydra up` on disk, so that the next start finds what a killed one left. */
export class ProcessList {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<ListedProcess[]> {
    const text = await readText(this.#file);
    if (!text) return [];
    return listSchema.safeParse(JSON.parse(text)).data ?? [];
  }

  /** Written at once and in one step: a kill -9 right after a spawn must find the child listed. */
  set(name: string, listed: Omit<ListedProcess, "name"> | null): void {
    const others = this.#readNow().filter((entry) => entry.name !== name);
    const work = `${this.#file}.new`;
    writeFileSync(work, JSON.stringify(listed ? [...others, { name, ...listed }] : others), { mode: 0o600 });
    renameSync(work, this.#file);
  }

  clear(): void {
    rmSync(this.#file, { force: true });
  }

  #readNow(): ListedProcess[] {
    try {
      return listSchema.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}
