"use client";

import { DismissableLayer, Popper } from "radix-ui/internal";
import type { RefObject } from "react";
import { createPortal } from "react-dom";

export interface ReasonBubbleProps {
  /** What it stands at. */
  anchor: RefObject<HTMLElement | null>;
  reason: string;
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  /** Esc, or a press elsewhere. */
  onDismiss: () => void;
}

/** A reason for the eyes, beside its button; screen readers have it from the button's own description. */
export function ReasonBubble({ anchor, reason, onPointerEnter, onPointerLeave, onDismiss }: ReasonBubbleProps) {
  return createPortal(
    <Popper.Root>
      <Popper.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      <DismissableLayer.Root
        asChild
        onDismiss={onDismiss}
        onFocusOutside={(event) => event.preventDefault()}
        onPointerDownOutside={(event) => anchor.current?.contains(event.target as Node) && event.preventDefault()}
      >
        <Popper.Content
          side="top"
          sideOffset={6}
          collisionPadding={8}
          role="tooltip"
          onPointerEnter={onPointerEnter}
          onPointerLeave={onPointerLeave}
          className="z-50 max-w-64 animate-fade rounded-control bg-ink px-2.5 py-1.5 text-canvas text-label shadow-float"
        >
          {reason}
        </Popper.Content>
      </DismissableLayer.Root>
    </Popper.Root>,
    document.body,
  );
}
