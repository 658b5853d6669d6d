import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

export interface Column {
  id: string;
  label: string;
  /** Numbers. */
  right?: boolean;
}

/** A titled table that turns into one card a row under 768 px. */
export function PriceTable({
  id,
  title,
  note,
  columns,
  children,
}: {
  id: string;
  title: string;
  note: string;
  columns: Column[];
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-col gap-0.5">
        <h2 id={id} className="font-semibold text-[16px] leading-6">
          {title}
        </h2>
        <p className="text-muted text-table">{note}</p>
      </div>
      <div className="relative min-w-0 md:overflow-x-auto md:rounded-card md:border md:bg-surface">
        <table aria-labelledby={id} className="w-full text-table max-md:block">
          <thead className="max-md:hidden">
            <tr className="h-10 border-b text-left text-label text-muted">
              {columns.map((column) => (
                <th
                  key={column.id}
                  scope="col"
                  className={cn("whitespace-nowrap px-3 font-medium first:pl-5 last:pr-5", column.right && "text-right")}
                >
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-md:flex max-md:flex-col max-md:gap-3">{children}</tbody>
        </table>
      </div>
    </section>
  );
}

export function PriceRow({ children }: { children: ReactNode }) {
  return (
    <tr className="bg-surface max-md:block max-md:rounded-card max-md:border max-md:p-4 md:h-11 md:border-b md:last:border-b-0">
      {children}
    </tr>
  );
}

/** One fact; on a card its name stands before it, where `label` is given. */
export function PriceCell({ label, right, children }: { label?: string; right?: boolean; children: ReactNode }) {
  return (
    <td
      className={cn(
        "align-middle max-md:flex max-md:items-baseline max-md:justify-between max-md:gap-4 max-md:py-1 md:px-3 md:py-2 md:last:pr-5 md:first:pl-5",
        right && "tabular-nums md:text-right",
      )}
    >
      {label ? <span className="shrink-0 text-muted md:hidden">{label}</span> : null}
      {children}
    </td>
  );
}

/** An amount over the same in a smaller unit. */
export function Amount({ children, small }: { children: ReactNode; small: ReactNode }) {
  return (
    <span className="flex flex-col max-md:items-end">
      <span className="whitespace-nowrap font-medium">{children}</span>
      <span className="whitespace-nowrap text-faint text-label">{small}</span>
    </span>
  );
}
