import type { ReactNode } from "react";
import { type Column, Table } from "#components/ui/table.tsx";

/** A titled table, and what is to be known of it. */
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
      <Table label={title} columns={columns}>
        {children}
      </Table>
    </section>
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
