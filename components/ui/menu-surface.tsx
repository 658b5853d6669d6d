"use client";

import { Menu } from "radix-ui/internal";
import { type FocusEvent, type ReactNode, type RefObject, useRef } from "react";
import { MenuParts } from "./menu-parts.ts";

export interface MenuSurfaceProps {
  /** What the menu stands at, is named by, and gives the focus back to. */
  trigger: RefObject<HTMLElement | null>;
  triggerId: string;
  id: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Opened with a key: its first entry has the focus then. */
  byKey: boolean;
  align: "start" | "end";
  children: ReactNode;
}

/** The menu itself: its place, its keys and its focus. */
export function MenuSurface({ trigger, triggerId, id, open, onOpenChange, byKey, align, children }: MenuSurfaceProps) {
  const pressedOutside = useRef(false);
  // The primitive sees only the keys that are pressed while it is there; the first one may be what it was loaded for.
  const missedKey = useRef(open && byKey);
  const onFocus = ({ target, currentTarget }: FocusEvent<HTMLElement>) => {
    if (!missedKey.current || target !== currentTarget) return;
    missedKey.current = false;
    currentTarget.querySelector<HTMLElement>('[role^="menuitem"]:not([data-disabled])')?.focus();
  };
  return (
    <Menu.Root open={open} onOpenChange={onOpenChange} modal={false}>
      <Menu.Anchor virtualRef={trigger as RefObject<HTMLElement>} />
      <Menu.Portal>
        <Menu.Content
          id={id}
          aria-labelledby={triggerId}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onFocus={onFocus}
          onInteractOutside={() => {
            pressedOutside.current = true;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!pressedOutside.current) trigger.current?.focus();
            pressedOutside.current = false;
          }}
          className="z-50 min-w-44 animate-fade rounded-box border bg-surface p-1 shadow-float"
        >
          <MenuParts value={Menu}>{children}</MenuParts>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
