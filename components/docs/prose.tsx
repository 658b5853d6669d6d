import type { ReactNode } from "react";
import { CodeBlock } from "#components/ui/code.tsx";

/** Running text of a chapter: plain elements, set as the console sets text. */
export function Prose({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-3 leading-[22px] [&>*]:min-w-0 [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-2 [&_:not(pre)>code]:inline-block [&_:not(pre)>code]:max-w-full [&_:not(pre)>code]:rounded-[4px] [&_:not(pre)>code]:bg-sunken [&_:not(pre)>code]:px-1 [&_:not(pre)>code]:leading-[18px] [&_:not(pre)>code]:font-mono [&_:not(pre)>code]:text-code [&_:not(pre)>code]:[overflow-wrap:anywhere] [&_dt]:font-medium [&_li>ul]:mt-1 [&_ol]:list-decimal [&_ol]:pl-5 [&_p]:max-w-[76ch] [&_li]:max-w-[74ch] [&_strong]:font-semibold [&_ul]:list-disc [&_ul]:pl-5 [&_:is(ol,ul)]:flex [&_:is(ol,ul)]:flex-col [&_:is(ol,ul)]:gap-1.5 [&_:is(ol,ul)]:marker:text-muted">
      {children}
    </div>
  );
}

/** A short piece of text for a terminal or a program, with a button to copy it. */
export function Snippet({ label, code }: { label: string; code: string }) {
  return <CodeBlock samples={[{ id: "snippet", label, code }]} label={label} />;
}

interface FactTableProps {
  label: string;
  head: string[];
  /** Cells of each row, as many as `head` has; the first names the row. */
  rows: { key: string; cells: ReactNode[] }[];
}

/** A table that on a phone puts a row's parts below each other. */
export function FactTable({ label, head, rows }: FactTableProps) {
  return (
    <div className="overflow-x-auto rounded-box border bg-surface">
      <table aria-label={label} className="block w-full text-left text-table md:table">
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr className="border-b text-label text-muted">
            {head.map((name) => (
              <th key={name} scope="col" className="whitespace-nowrap px-4 py-2 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="block md:table-row-group">
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key} className="block border-b px-4 py-3 last:border-b-0 md:table-row md:p-0">
              <th scope="row" className="block text-left align-top font-medium md:table-cell md:px-4 md:py-2.5">
                {first}
              </th>
              {rest.map((cell, index) => (
                <td key={head[index + 1]} className="block align-top text-muted max-md:pt-1 md:table-cell md:px-4 md:py-2.5">
                  {head.length > 2 ? <span className="block text-faint text-label md:hidden">{head[index + 1]}</span> : null}
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
