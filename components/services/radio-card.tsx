import type { ComponentProps, ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** One of several choices, as a framed label around its radio button. */
export function RadioCard({ children, className, ...input }: ComponentProps<"input"> & { children: ReactNode }) {
  return (
    <label
      className={cn(
        "flex min-w-0 cursor-pointer gap-3 rounded-box border bg-surface p-3 hover:not-has-disabled:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 has-disabled:cursor-not-allowed has-disabled:bg-sunken",
        className,
      )}
    >
      <input type="radio" className="mt-0.5 size-4 shrink-0 accent-accent outline-none" {...input} />
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">{children}</span>
    </label>
  );
}
