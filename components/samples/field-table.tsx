import { useTranslations } from "next-intl";
import { Badge } from "#components/ui/badge.tsx";
import type { ApiField } from "./fields.ts";

/** Name, type and meaning of each field; on a phone a row's parts stand below each other. */
export function FieldTable({ fields, label }: { fields: ApiField[]; label: string }) {
  const t = useTranslations("models.samples");
  return (
    <table aria-label={label} className="block w-full text-left text-table md:table">
      <thead className="sr-only md:not-sr-only md:table-header-group">
        <tr className="border-b text-label text-muted">
          <th scope="col" className="py-2 pr-4 font-medium">
            {t("field")}
          </th>
          <th scope="col" className="py-2 pr-4 font-medium">
            {t("type")}
          </th>
          <th scope="col" className="py-2 font-medium">
            {t("meaning")}
          </th>
        </tr>
      </thead>
      <tbody className="block md:table-row-group">
        {fields.map((field) => (
          <tr key={field.name} className="block border-b py-2.5 last:border-b-0 md:table-row md:py-0">
            <th scope="row" className="block pr-4 text-left align-top font-normal md:table-cell md:w-64 md:py-2.5">
              <span className="flex flex-wrap items-center gap-2">
                <code className="font-mono text-code">{field.name}</code>
                {field.required ? <Badge>{t("required")}</Badge> : null}
              </span>
            </th>
            <td className="block pr-4 align-top font-mono text-code text-muted md:table-cell md:w-36 md:py-2.5">{field.type}</td>
            <td className="block align-top md:table-cell md:py-2.5">{t(`fields.${field.text}`)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
