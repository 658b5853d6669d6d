"use client";

import { Image, MessageSquareText } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { cn } from "#components/ui/cn.ts";

const tabs = [
  { kind: "text", href: "/playground", icon: MessageSquareText },
  { kind: "image", href: "/playground/image", icon: Image },
] as const;

/** Text and image models are tried in different ways. */
export function KindTabs({ current }: { current: "text" | "image" }) {
  const t = useTranslations("playground");
  return (
    <nav aria-label={t("kinds")} className="flex shrink-0 rounded-control bg-sunken p-0.5">
      {tabs.map(({ kind, href, icon: Icon }) => (
        <Link
          key={kind}
          href={href}
          aria-current={kind === current ? "page" : undefined}
          className={cn(
            "flex h-8 items-center gap-1.5 rounded-[5px] px-2.5 font-medium text-muted text-table hover:text-ink md:h-7",
            kind === current && "bg-surface text-ink shadow-sm",
          )}
        >
          <Icon className="size-4" strokeWidth={1.75} aria-hidden />
          {t(`kind.${kind}`)}
        </Link>
      ))}
    </nav>
  );
}
