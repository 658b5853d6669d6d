"use client";

import { useLayoutEffect, useRef } from "react";

/**
 * Where the focus stood when something opened, to give it back afterwards. Call the result when it has closed. An entry
 * of a menu is gone by then, so its menu's trigger stands for it.
 */
export function useOpener(open: boolean): () => void {
  const opener = useRef<HTMLElement | null>(null);
  // Before the portal's content mounts: a field in it may take the focus at once.
  useLayoutEffect(() => {
    if (open) opener.current = openerOf(document.activeElement);
  }, [open]);
  return () => opener.current?.focus();
}

function openerOf(element: Element | null): HTMLElement | null {
  const trigger = element?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  const found = trigger ? document.getElementById(trigger) : element;
  return found instanceof HTMLElement ? found : null;
}
