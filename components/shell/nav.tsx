"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";
import { navigation } from "./navigation.ts";

/** Links to the main pages; the current one is marked. */
export function Nav({ onNavigate }: { onNavigate?: () => void }) {
  const t = useTranslations("shell");
  const path = usePathname();
  return (
    <nav aria-label={t("mainNavigation")} className="flex flex-col gap-0.5 p-3">
      {navigation.map(({ key, href, icon: Icon }) => {
        const current = path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={key}
            href={href}
            {...(onNavigate ? { onClick: onNavigate } : {})}
            aria-current={current ? "page" : undefined}
            className={cn(
              "flex h-9 items-center gap-2.5 rounded-control px-2.5 font-medium text-muted hover:bg-hover hover:text-ink md:h-8",
              current && "bg-hover text-ink",
            )}
          >
            <Icon className="size-4" strokeWidth={1.75} aria-hidden />
            {t(key)}
          </Link>
        );
      })}
    </nav>
  );
}
