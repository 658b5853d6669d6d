"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Dialog } from "radix-ui";
import { type ReactNode, useSyncExternalStore } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";

interface SidePanelProps {
  side: "left" | "right";
  label: string;
  /** On a narrow screen, where it slides over the page. */
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

/** From which width on there is room beside the conversation. */
const widths = { left: "(min-width: 1280px)", right: "(min-width: 1024px)" } as const;

/** Beside the conversation where there is room, else over it. */
export function SidePanel({ side, label, open, onOpenChange, children }: SidePanelProps) {
  const t = useTranslations("common");
  const wide = useMedia(widths[side]);
  if (wide) {
    return (
      <aside aria-label={label} className={cn("shrink-0 overflow-y-auto", side === "left" ? "w-64 border-r" : "w-76 border-l")}>
        {children}
      </aside>
    );
  }
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className={cn(
            "fixed inset-y-0 z-50 flex w-[min(20rem,calc(100vw-3rem))] animate-fade flex-col bg-surface shadow-float focus:outline-none",
            side === "left" ? "left-0 border-r" : "right-0 border-l",
          )}
        >
          <div className="flex h-14 shrink-0 items-center justify-between border-b pr-2 pl-4">
            <Dialog.Title className="font-semibold">{label}</Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon" aria-label={t("close")}>
                <X aria-hidden />
              </Button>
            </Dialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => window.matchMedia(query).matches,
    () => true,
  );
}
