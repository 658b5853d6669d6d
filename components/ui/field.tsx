"use client";

import { ChevronDown } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

const control =
  "h-9 w-full rounded-control border border-control bg-surface px-2.5 text-body text-ink placeholder:text-faint disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-invalid:border-bad md:h-8";

export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  /** Replaces the help. */
  error?: string | undefined;
  children: (control: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
  className?: string;
}

/** Label above, help below; an error takes the help's place. */
export function Field({ label, help, error, children, className }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="font-medium text-label text-ink">
        {label}
      </label>
      {children({ id, "aria-describedby": note, "aria-invalid": Boolean(error) })}
      <p id={note} role={error ? "alert" : undefined} className={cn("min-h-4 text-pretty text-label", error ? "text-bad" : "text-muted")}>
        {error ?? help}
      </p>
    </div>
  );
}

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(control, className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(control, "h-auto py-2 md:h-auto", className)} {...props} />;
}

export function NativeSelect({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <span className={cn("relative inline-flex w-full", className)}>
      <select className={cn(control, "appearance-none truncate pr-8")} {...props}>
        {children}
      </select>
      <ChevronDown className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted" aria-hidden />
    </span>
  );
}
