import type { CSSProperties } from "react";
import { cn } from "#components/ui/cn.ts";

/** A neutral mark of our own: the provider's initials on a hue that comes from its name. */
export function ProviderMark({ provider, className }: { provider: string; className?: string }) {
  return (
    <span
      aria-hidden
      style={{ "--hue": hueOf(provider) } as CSSProperties}
      className={cn(
        "grid size-9 shrink-0 select-none place-items-center rounded-box bg-[oklch(0.94_0.04_var(--hue))] font-semibold text-[13px] text-[oklch(0.42_0.1_var(--hue))] dark:bg-[oklch(0.3_0.05_var(--hue))] dark:text-[oklch(0.86_0.08_var(--hue))]",
        className,
      )}
    >
      {initialsOf(provider)}
    </span>
  );
}

/** Two letters: of the first two words, else of the one. */
export function initialsOf(provider: string): string {
  const [first = "", second] = provider.split(/\s+/);
  return second ? `${first.charAt(0)}${second.charAt(0)}`.toUpperCase() : first.slice(0, 2);
}

/** An angle of the colour wheel; the golden angle keeps names that differ little apart. */
export function hueOf(provider: string): number {
  let sum = 0;
  for (const letter of provider) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return Math.round((sum * 137.508) % 360);
}
