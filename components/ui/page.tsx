import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { Purpose } from "./purpose.tsx";

/** A page's frame: title, what it is for, the primary action at the right. */
export function Page({
  title,
  description,
  purpose,
  action,
  children,
  wide,
  back,
}: {
  title: ReactNode;
  description?: ReactNode;
  /** What the page is for, under a name of its own: its reader can put it away. */
  purpose?: { page: string; text: string };
  action?: ReactNode;
  children: ReactNode;
  wide?: boolean;
  /** The list that this detail page belongs to. */
  back?: { href: string; label: string };
}) {
  return (
    <div className={cn("mx-auto flex w-full flex-col gap-5 px-4 py-5 md:px-6 md:py-6", wide ? "max-w-[1488px]" : "max-w-[1248px]")}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
          {back ? (
            <Link href={back.href} className="-ml-1 mb-1 flex items-center gap-0.5 self-start text-muted text-table hover:text-ink">
              <ChevronLeft className="size-4" strokeWidth={1.75} aria-hidden />
              {back.label}
            </Link>
          ) : null}
          <h1 className="font-semibold text-title">{title}</h1>
          {description ? <p className="text-pretty text-muted">{description}</p> : null}
          {purpose ? <Purpose page={purpose.page}>{purpose.text}</Purpose> : null}
        </div>
        {action ? <div className="flex flex-wrap items-center gap-2">{action}</div> : null}
      </header>
      {children}
    </div>
  );
}
