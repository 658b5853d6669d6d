"use client";

import type { LucideIcon } from "lucide-react";
import { Button } from "#components/ui/button.tsx";

/** A small button under a message: an icon with a name. */
export function MessageButton({
  icon: Icon,
  label,
  onClick,
  disabled,
}: {
  icon: LucideIcon;
  label: string;
  onClick: () => void;
  disabled?: boolean;
}) {
  return (
    <Button variant="ghost" size="icon" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon aria-hidden />
    </Button>
  );
}

/** Buttons that show on hover, on focus, and always where there is no hover. */
export const quietButtons =
  "-mr-1 flex h-8 items-center opacity-0 transition-opacity md:h-7 md:[&_button]:size-7 focus-within:opacity-100 group-hover/message:opacity-100 [@media(hover:none)]:opacity-100";
