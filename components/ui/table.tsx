import { ArrowDown, ArrowUp } from "lucide-react";
import type { FocusEvent, ReactNode } from "react";
import { cn } from "./cn.ts";
import type { ColumnSort } from "./sorting.ts";

/** Where a column is left out of the table; cards have all. */
function leftOut(wide: Column["wide"]): string | false {
  if (wide === "very") return "md:max-[1400px]:hidden";
  return wide === true && "md:max-xl:hidden";
}

interface TableProps {
  label: string;
  /** The heads, in order; a hidden one is for screen readers alone. */
  columns: Column[];
  /** Nothing in its rows can be focused: then the table itself can, so that a keyboard can scroll it. */
  focusable?: boolean;
  children: ReactNode;
}

/** A table that turns into one card a row under 768 px. */
export function Table({ label, columns, focusable, children }: TableProps) {
  return (
    <div
      {...(focusable ? { tabIndex: 0, role: "group", "aria-label": label } : {})}
      className="relative min-w-0 md:scroll-pr-40 md:overflow-x-auto md:rounded-card md:border md:bg-surface"
    >
      <table aria-label={label} className="w-full text-table max-md:block">
        <thead className="max-md:hidden">
          <tr className="h-10 border-b text-left text-label text-muted">
            {columns.map((column) => (
              <Head key={column.id} column={column} />
            ))}
          </tr>
        </thead>
        <tbody className="max-md:flex max-md:flex-col max-md:gap-3">{children}</tbody>
      </table>
    </div>
  );
}

export interface Column {
  id: string;
  label: string;
  /** Numbers. */
  right?: boolean;
  /** Left out of the table while it is narrow, or already where it is not very wide; cards have it. */
  wide?: boolean | "very";
  /** For screen readers alone: the column of buttons, which stays in sight while the others scroll. */
  hidden?: boolean;
  /** Pressed, it sorts the rows. */
  sort?: ColumnSort | undefined;
}

/** One column's head. */
export function Head({ column: { label, right, wide, hidden, sort } }: { column: Column }) {
  return (
    <th
      scope="col"
      {...(sort ? { "aria-sort": sort.order === null ? "none" : sort.order === "asc" ? "ascending" : "descending" } : {})}
      className={cn(
        "h-10 whitespace-nowrap px-3 font-medium first:pl-5 last:pr-5",
        right && "text-right",
        leftOut(wide),
        hidden && "sticky right-0 bg-surface",
      )}
    >
      {hidden ? <span className="sr-only">{label}</span> : sort ? <SortButton label={label} sort={sort} /> : label}
    </th>
  );
}

/** Out from under the column that stays in sight. A pointer is on it already, and must not lose it. */
function showWhole({ currentTarget }: FocusEvent<HTMLElement>): void {
  if (currentTarget.matches(":focus-visible")) currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function SortButton({ label, sort: { order, onSort } }: { label: string; sort: ColumnSort }) {
  const Arrow = order === "asc" ? ArrowUp : ArrowDown;
  return (
    <button
      type="button"
      onClick={onSort}
      onFocus={showWhole}
      className={cn("-mx-1.5 flex h-7 items-center gap-1 rounded-[5px] px-1.5 font-medium hover:text-ink", order !== null && "text-ink")}
    >
      {label}
      <Arrow className={cn("size-3.5", order === null && "invisible")} strokeWidth={1.75} aria-hidden />
    </button>
  );
}

export function Row({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <tr
      className={cn(
        "bg-surface max-md:block max-md:rounded-card max-md:border max-md:p-4 md:h-11 md:border-b md:last:border-b-0",
        className,
      )}
    >
      {children}
    </tr>
  );
}

interface CellProps extends Pick<Column, "right" | "wide"> {
  label?: string;
  children: ReactNode;
  className?: string;
}

/** One fact of a row; on a card its name stands before it, where `label` is given. */
export function Cell({ label, right, wide, children, className }: CellProps) {
  return (
    <td
      className={cn(
        "max-md:flex max-md:min-h-7 max-md:items-start max-md:justify-between max-md:gap-4 max-md:py-1 md:px-3 md:py-2 md:first:pl-5 md:last:pr-5",
        right && "tabular-nums md:text-right",
        leftOut(wide),
        className,
      )}
    >
      {label ? <span className="shrink-0 text-muted md:hidden">{label}</span> : null}
      {children}
    </td>
  );
}
