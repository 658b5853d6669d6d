"use client";

import { Tooltip } from "radix-ui";
import { useId, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { cn } from "./cn.ts";

export interface UnavailableButtonProps extends Pick<ButtonProps, "variant" | "size" | "className" | "children"> {
  /** A sentence that says why, and what would help. */
  reason: string;
  /** Its name where the visible word alone does not say what it acts on. */
  label?: string;
}

/**
 * A button that cannot be used now and says why: on hover, on focus, on a tap, and to screen readers. It stays
 * focusable, because a `disabled` one could tell nobody anything.
 */
export function UnavailableButton({ reason, label, children, className, ...props }: UnavailableButtonProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <Tooltip.Provider delayDuration={200}>
      <Tooltip.Root open={open} onOpenChange={setOpen}>
        <Tooltip.Trigger asChild>
          <Button
            aria-disabled
            aria-label={label}
            aria-describedby={open ? undefined : id}
            className={cn("hover:not-disabled:bg-surface", className)}
            onClick={(event) => {
              // The primitive closes on a click; where there is no hover, the tap is the question.
              event.preventDefault();
              setOpen(true);
            }}
            {...props}
          >
            {children}
          </Button>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-64 animate-fade rounded-control bg-ink px-2.5 py-1.5 text-canvas text-label shadow-float"
          >
            {reason}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
      {/* Describes the button while the tooltip, which does so itself, is not there. */}
      <span id={id} className="sr-only">
        {reason}
      </span>
    </Tooltip.Provider>
  );
}
