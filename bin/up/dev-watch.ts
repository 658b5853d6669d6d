import { watch } from "node:fs";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";
import { say } from "../setup/progress.mjs";
import type { Child } from "./child.ts";

/** An editor's save comes as several events. */
const quietMs = 200;

/** Restarts each child when a source of it changes. Returns a function that ends the watch. */
export function watchSources(children: Child[]): () => void {
  const watchers = children.flatMap((child) => {
    let timer: NodeJS.Timeout | undefined;
    const onChange = (_: string, name: string | null) => {
      if (!name || !/\.tsx?$/.test(name) || /\.test\.tsx?$/.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        child.restart().catch((error: unknown) => say(`The ${child.spec.name} could not be restarted: ${error}`));
      }, quietMs);
    };
    return child.spec.sources.map((source) => watch(join(rootDir, source), { recursive: true }, onChange));
  });
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}
