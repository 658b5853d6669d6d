"use client";

import { Menu as MenuIcon } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Dialog as Primitive } from "radix-ui";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { Me } from "#lib/contracts/account.ts";
import { Logo } from "./logo.tsx";
import { Nav } from "./nav.tsx";
import { PaletteButton } from "./palette/palette-button.tsx";
import { LanguageMenu, ThemeMenu } from "./preferences.tsx";
import { UserMenu } from "./user-menu.tsx";

/** Left navigation and top bar around every page of a signed-in user. */
export function Frame({ me, children }: { me: Me; children: ReactNode }) {
  const t = useTranslations("shell");
  useTopOfNewPage();
  return (
    <div className="flex min-h-dvh">
      <a href="#content" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2">
        {t("skipToContent")}
      </a>
      <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r bg-surface md:flex">
        <Brand />
        <Nav />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-b bg-surface px-3 md:px-5">
          <PhoneNavigation />
          <span className="truncate px-1 font-mono text-code text-muted" title={t("workspace")}>
            {me.workspace.name}
          </span>
          <span className="flex-1" />
          <PaletteButton userId={me.id} />
          <LanguageMenu />
          <ThemeMenu />
          <UserMenu me={me} />
        </header>
        <main id="content" className="flex min-h-0 flex-1 flex-col">
          {children}
        </main>
      </div>
    </div>
  );
}

/**
 * A new page begins at its top. Next leaves the scroll where it is while the page's first element is in view, though
 * the top bar covers it. Going back and forward keeps the browser's own place.
 */
function useTopOfNewPage() {
  const path = usePathname();
  const shown = useRef(path);
  const travelled = useRef(false);
  useEffect(() => {
    const onPopState = () => {
      travelled.current = true;
    };
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);
  useLayoutEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    if (!travelled.current) window.scrollTo(0, 0);
    travelled.current = false;
  }, [path]);
}

function Brand() {
  return (
    <Link href="/models" className="flex h-14 items-center gap-2 border-b px-5 font-semibold text-[15px]">
      <Logo className="size-5 text-accent" />
      Hydra
    </Link>
  );
}

function PhoneNavigation() {
  const t = useTranslations("shell");
  const [open, setOpen] = useState(false);
  return (
    <Primitive.Root open={open} onOpenChange={setOpen}>
      <Primitive.Trigger asChild>
        <Button variant="ghost" size="icon" className="md:hidden" aria-label={t("openNavigation")}>
          <MenuIcon aria-hidden />
        </Button>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40 md:hidden" />
        <Primitive.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-64 animate-fade border-r bg-surface shadow-float focus:outline-none md:hidden"
        >
          <Primitive.Title className="sr-only">{t("mainNavigation")}</Primitive.Title>
          <Brand />
          <Nav onNavigate={() => setOpen(false)} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
