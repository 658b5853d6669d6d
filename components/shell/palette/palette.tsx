"use client";

import { useTranslations } from "next-intl";
import { Dialog as Primitive } from "radix-ui";
import { useOpener } from "#components/ui/opener.ts";
import { PaletteContent } from "./palette-content.tsx";

interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  userId: string;
}

/** Search over pages, models, services, keys, documentation and actions. Near the top, so that a phone's keyboard does not cover it. */
export function Palette({ open, onOpenChange, userId }: PaletteProps) {
  const t = useTranslations("palette");
  const returnFocus = useOpener(open);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40" />
        <Primitive.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus();
          }}
          className="fixed inset-x-2 top-2 z-50 flex max-h-[min(75dvh,32rem)] animate-enter flex-col overflow-hidden rounded-card border bg-surface shadow-float focus:outline-none sm:inset-x-auto sm:top-[12vh] sm:left-1/2 sm:w-[38rem] sm:-translate-x-1/2"
        >
          <Primitive.Title className="sr-only">{t("title")}</Primitive.Title>
          <PaletteContent userId={userId} onDone={() => onOpenChange(false)} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
