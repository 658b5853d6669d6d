"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "./button.tsx";

/** Total at the left, pages at the right; hidden pages are never rendered. */
export function Pager({
  page,
  pageSize,
  total,
  onPage,
}: {
  page: number;
  pageSize: number;
  total: number;
  onPage: (page: number) => void;
}) {
  const t = useTranslations("common");
  const pages = Math.max(1, Math.ceil(total / pageSize));
  return (
    <div className="flex items-center justify-between text-muted text-table tabular-nums">
      <span>{t("total", { count: total })}</span>
      {pages > 1 ? (
        <nav aria-label={t("pages")} className="flex items-center gap-2">
          <span>{t("pageOf", { page, pages })}</span>
          <Button size="icon" aria-label={t("previousPage")} disabled={page <= 1} onClick={() => onPage(page - 1)}>
            <ChevronLeft aria-hidden />
          </Button>
          <Button size="icon" aria-label={t("nextPage")} disabled={page >= pages} onClick={() => onPage(page + 1)}>
            <ChevronRight aria-hidden />
          </Button>
        </nav>
      ) : null}
    </div>
  );
}
