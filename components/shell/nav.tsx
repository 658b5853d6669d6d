"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";
import { isWithin, type NavigationItem, navigation } from "./navigation.ts";

interface NavProps {
  onNavigate?: () => void;
}

/** Links to the main pages; the current one is marked. */
export function Nav({ onNavigate }: NavProps) {
  const t = useTranslations("shell");
  return (
    <nav aria-label={t("mainNavigation")} className="flex flex-col gap-0.5 overflow-y-auto p-3">
      {navigation.map((item) => (
        <Entry key={item.key} item={item} {...(onNavigate ? { onNavigate } : {})} />
      ))}
    </nav>
  );
}

const row = "flex h-9 items-center gap-2.5 rounded-control px-2.5 font-medium text-muted hover:bg-hover hover:text-ink md:h-8";

function Entry({ item, onNavigate }: NavProps & { item: NavigationItem }) {
  const t = useTranslations("shell");
  const path = usePathname();
  const { key, href, icon: Icon, children } = item;
  const within = isWithin(path, href);
  const open = within && children !== undefined;
  const click = onNavigate ? { onClick: onNavigate } : {};
  return (
    <>
      <Link
        href={href}
        {...click}
        aria-current={within && !open ? "page" : undefined}
        className={cn(row, within && "text-ink", within && !open && "bg-hover")}
      >
        <Icon className="size-4" strokeWidth={1.75} aria-hidden />
        {t(key)}
      </Link>
      {open
        ? children.map((child) => {
            const current = path === child.href;
            return (
              <Link
                key={child.key}
                href={child.href}
                {...click}
                aria-current={current ? "page" : undefined}
                className={cn(row, "pl-9", current && "bg-hover text-ink")}
              >
                {t(child.key)}
              </Link>
            );
          })
        : null}
    </>
  );
}
