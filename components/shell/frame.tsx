"use client";

import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import type { Me } from "#lib/contracts/account.ts";
import { Brand } from "./brand.tsx";
import { Nav } from "./nav.tsx";
import { PaletteButton } from "./palette/palette-button.tsx";
import { PhoneNavigation } from "./phone-navigation.tsx";
import { AccountLanguageMenu, ThemeMenu } from "./preferences.tsx";
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
          <AccountLanguageMenu />
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
