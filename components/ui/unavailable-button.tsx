"use client";

import { useEffect, useId, useRef, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { useOnDemand } from "./on-demand.ts";

const load = () => import("./reason-bubble.tsx").then((module) => module.ReasonBubble);

/** A pointer that only passes asks nothing; one on its way from the button to the reason has not left. */
const restMs = 200;

export interface UnavailableButtonProps extends Pick<ButtonProps, "variant" | "size" | "className" | "children"> {
  /** A sentence that says why, and what would help. */
  reason: string;
  /** Its name where the visible word alone does not say what it acts on. */
  label?: string;
}

/**
 * A button that cannot be used now and says why: on hover, on focus, on a tap, and to screen readers.
 */
export function UnavailableButton({ reason, label, children, className, ...props }: UnavailableButtonProps) {
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const { Component: ReasonBubble, prepare } = useOnDemand(load);
  const [open, setOpen] = useDelayed();
  const show = (afterMs?: number) => {
    prepare();
    setOpen(true, afterMs);
  };
  return (
    <>
      <Button
        ref={anchor}
        aria-disabled
        aria-label={label}
        aria-describedby={id}
        className={className}
        onPointerEnter={(event) => event.pointerType === "mouse" && show(restMs)}
        onPointerLeave={(event) => event.pointerType === "mouse" && setOpen(false, restMs)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && show()}
        onBlur={() => setOpen(false)}
        onClick={(event) => {
          // Where there is no hover, the tap is the question.
          event.preventDefault();
          show();
        }}
        {...props}
      >
        {children}
      </Button>
      {open && ReasonBubble ? (
        <ReasonBubble
          anchor={anchor}
          reason={reason}
          onPointerEnter={() => setOpen(true)}
          onPointerLeave={() => setOpen(false, restMs)}
          onDismiss={() => setOpen(false)}
        />
      ) : null}
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}

/** A state that may be set after a while; what is set later takes its place. */
function useDelayed(): [boolean, (value: boolean, afterMs?: number) => void] {
  const [value, setValue] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (next: boolean, afterMs = 0) => {
    clearTimeout(timer.current);
    if (afterMs === 0) setValue(next);
    else timer.current = setTimeout(setValue, afterMs, next);
  };
  return [value, set];
}
