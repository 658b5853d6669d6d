import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";
import { cn } from "./cn.ts";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium text-body transition-colors aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:not-aria-disabled:bg-accent-hover",
        secondary: "border border-line bg-surface text-ink hover:not-aria-disabled:bg-hover",
        ghost: "text-muted hover:not-aria-disabled:bg-hover hover:not-aria-disabled:text-ink",
        danger: "bg-bad text-white hover:not-aria-disabled:bg-bad-hover dark:text-canvas",
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

/** A form is not sent either: Enter in one of its fields presses its button. */
function refuse(event: MouseEvent): void {
  event.preventDefault();
}

/**
 * A button. One that is disabled or busy refuses clicks but keeps the focus: the browser's own `disabled` would throw it away
 * from who has just pressed, and from whoever stands on a button that becomes disabled meanwhile.
 */
export function Button({ variant, size, asChild, busy, className, children, disabled, type, onClick, ...props }: ButtonProps) {
  const classes = cn(button({ variant, size }), className);
  const refused = disabled || busy || undefined;
  if (asChild) {
    return (
      <Slot.Root className={classes} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type ?? "button"}
      className={classes}
      aria-busy={busy || undefined}
      {...props}
      aria-disabled={refused || props["aria-disabled"]}
      onClick={refused ? refuse : onClick}
    >
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : null}
      {children}
    </button>
  );
}
