import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium text-body transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:not-disabled:bg-accent-hover",
        secondary: "border border-line bg-surface text-ink hover:not-disabled:bg-hover",
        ghost: "text-muted hover:not-disabled:bg-hover hover:not-disabled:text-ink",
        danger: "bg-bad text-white hover:not-disabled:bg-bad-hover dark:text-canvas",
      },
      size: { normal: "h-9 px-3 md:h-8", small: "h-8 px-2.5 text-table md:h-7", icon: "size-9 md:size-8" },
    },
    defaultVariants: { variant: "secondary", size: "normal" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  /** Renders the only child with the button's looks: for links. */
  asChild?: boolean;
  /** Shows a spinner and refuses clicks. */
  busy?: boolean;
}

export function Button({ variant, size, asChild, busy, className, children, disabled, type, ...props }: ButtonProps) {
  const classes = cn(button({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button type={type ?? "button"} className={classes} disabled={disabled || busy} aria-busy={busy || undefined} {...props}>
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : null}
      {children}
    </button>
  );
}
