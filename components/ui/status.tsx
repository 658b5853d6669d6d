import { cn } from "./cn.ts";

export type Tone = "good" | "warn" | "bad" | "info" | "idle";

const dots: Record<Tone, string> = {
  good: "bg-good",
  warn: "bg-warn",
  bad: "bg-bad",
  info: "bg-info",
  idle: "bg-control",
};

/** State as a dot and a word, never colour alone; a state on its way elsewhere pulses. */
export function Status({ tone, label, moving, className }: { tone: Tone; label: string; moving?: boolean; className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-2 whitespace-nowrap text-table", className)}>
      <span className={cn("size-2 shrink-0 rounded-full", dots[tone], moving && "animate-pulse")} aria-hidden />
      {label}
    </span>
  );
}
