import { type ApiErrorCode, type ErrorGroup, errorGroups, errorsOf } from "./error-groups.ts";
import { FactTable } from "./prose.tsx";

interface ErrorTables {
  head: [code: string, meaning: string];
  groups: Record<ErrorGroup, string>;
  meaning: Record<ApiErrorCode, string>;
}

/** Every code that a call can be answered with, by whose turn it is. No component: search must see the codes. */
export function errorTables({ head, groups, meaning }: ErrorTables) {
  return errorGroups.map((group) => (
    <div key={group} className="flex flex-col gap-2">
      <p className="font-medium">{groups[group]}</p>
      <FactTable
        label={groups[group]}
        head={head}
        rows={errorsOf(group).map(({ code, status }) => ({
          key: code,
          cells: [
            <span key="code" className="flex items-center gap-2 whitespace-nowrap">
              <span className="w-7 text-muted tabular-nums">{status}</span>
              <code>{code}</code>
            </span>,
            meaning[code],
          ],
        }))}
      />
    </div>
  ));
}
