"use client";

import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { useOnDemand } from "#components/ui/on-demand.ts";
import { isShortcut, useShortcut } from "./shortcut.ts";

/** Most pages are read without it: its script comes once it is wanted. */
const load = () => import("./palette.tsx").then((module) => module.Palette);

/** The search button of the top bar, its shortcut, and the palette that both open. */
export function PaletteButton({ userId }: { userId: string }) {
  const t = useTranslations("palette");
  const [open, setOpen] = useState(false);
  const { Component: Palette, prepare, want } = useOnDemand(load);
  const shortcut = useShortcut();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      event.preventDefault();
      // Another dialog may hold what was typed; leaving for another page would lose it.
      if (!open && document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      setOpen(!open);
      void want().then((there) => there || setOpen(false));
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [open, want]);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-keyshortcuts="Meta+K Control+K"
        onPointerEnter={prepare}
        onClick={async () => {
          setOpen(true);
          if (!(await want())) setOpen(false);
        }}
        className="mr-1 flex size-9 shrink-0 items-center justify-center gap-2 rounded-control text-muted hover:bg-hover hover:text-ink md:h-8 md:w-56 md:justify-start md:border md:bg-canvas md:px-2.5 md:text-table"
      >
        <Search className="size-4" strokeWidth={1.75} aria-hidden />
        <span className="flex-1 text-left max-md:sr-only">{t("open")}</span>
        <kbd aria-hidden className="hidden font-sans text-faint text-label md:inline">
          {shortcut}
        </kbd>
      </button>
      {Palette ? <Palette open={open} onOpenChange={setOpen} userId={userId} /> : null}
    </>
  );
}
