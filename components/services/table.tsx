import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

const wideOnly = "md:max-xl:hidden";

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
      className="relative min-w-0 md:overflow-x-auto md:rounded-card md:border md:bg-surface"
    >
      <table aria-label={label} className="w-full text-table max-md:block">
        <thead className="max-md:hidden">
          <tr className="h-10 border-b text-left text-label text-muted">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cn(
                  "whitespace-nowrap px-3 font-medium first:pl-5 last:pr-5",
                  column.right && "text-right",
                  column.wide && wideOnly,
                  column.hidden && "sticky right-0 bg-surface",
                )}
              >
                {column.hidden ? <span className="sr-only">{column.label}</span> : column.label}
              </th>
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
  /** Left out of the table while it is narrow; cards have it. */
  wide?: boolean;
  /** For screen readers alone: the column of buttons, which stays in sight while the others scroll. */
  hidden?: boolean;
}

export function Row({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <tr
      className={cn(
        "h-11 bg-surface max-md:block max-md:h-auto max-md:rounded-card max-md:border max-md:p-4 md:border-b md:last:border-b-0",
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
        wide && wideOnly,
        className,
      )}
    >
      {label ? <span className="shrink-0 text-muted md:hidden">{label}</span> : null}
      {children}
    </td>
  );
}
