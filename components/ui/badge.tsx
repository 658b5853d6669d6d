import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** A short fact in a frame. */
export function Badge({ children, accent, className }: { children: ReactNode; accent?: boolean; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-[5px] px-1.5 font-medium text-label",
        accent ? "bg-accent-soft text-accent" : "bg-sunken text-muted",
        className,
      )}
    >
      {children}
    </span>
  );
}
