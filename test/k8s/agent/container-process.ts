import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { rootDir } from "#lib/config.ts";

export interface LogEntry {
  stamp: string;
  text: string;
}

export interface ContainerEnd {
  exitCode: number;
  signal: number | null;
}

let stamps = 0;

/** One life of a container: a real process in a group of its own, and what it has said. */
export class ContainerProcess {
  readonly log: LogEntry[] = [];
  readonly startedAt = new Date();
  readonly ended: Promise<ContainerEnd>;
  /** Set once the kernel would have ended it for its memory. */
  outOfMemory = false;
  alive = true;
  readonly #child: ChildProcess;
  #rest = "";

  constructor(argv: readonly string[], env: Record<string, string>) {
    const program = join(rootDir, "test", "k8s", "agent", "container", "main.ts");
    this.#child = spawn(process.execPath, [program, ...argv], {
      env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", ...env },
      // Its end tells the container that the node is gone.
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on("data", (chunk) => this.#take(String(chunk)));
    this.ended = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        this.alive = false;
        // The engine behind it must not outlive it.
        this.signal("SIGKILL");
        resolve(signal === null ? { exitCode: code ?? 1, signal: null } : { exitCode: 128 + numberOf(signal), signal: numberOf(signal) });
      });
    });
  }

  /** SIGTERM goes to the main process alone; the others to all of its group. */
  signal(name: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(name === "SIGTERM" ? pid : -pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }

  /** As the kubelet puts it into the status of a container that failed: 80 lines or 2,048 bytes. */
  get lastWords(): string {
    const text = this.log.slice(-80).map((entry) => entry.text);
    return text.join("\n").slice(-2_048);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.log.push({ stamp: nextStamp(), text: line });
  }
}

/** RFC 3339 with nanoseconds, always later than the one before. */
function nextStamp(): string {
  stamps = (stamps + 1) % 1_000_000;
  return new Date().toISOString().replace("Z", `${String(stamps).padStart(6, "0")}Z`);
}

function numberOf(signal: NodeJS.Signals): number {
  return { SIGTERM: 15, SIGKILL: 9, SIGSEGV: 11, SIGABRT: 6 }[signal as string] ?? 1;
}
