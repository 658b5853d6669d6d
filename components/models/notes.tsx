import { FlaskConical, Info, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ModelSummary } from "#lib/contracts/models.ts";

/** What the reader should know before anything else, in sight at all times; nothing where there is nothing. */
export function ModelNotes({ model }: { model: ModelSummary }) {
  const t = useTranslations("models");
  const reasons = useReasons(model);
  if (!model.demo && reasons.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {model.demo ? <Note icon={FlaskConical}>{t("demoNote")}</Note> : null}
      {reasons.length > 0 ? <Note icon={Info}>{reasons.join(" ")}</Note> : null}
    </div>
  );
}

/** Why Try or Deploy cannot be used now, where the model is meant to be used so. */
function useReasons(model: ModelSummary): string[] {
  const t = useTranslations("models");
  const { tryUnavailable, deployUnavailable } = model;
  return [
    ...(tryUnavailable === null || tryUnavailable === "not_offered" ? [] : [t(`tryUnavailable.${tryUnavailable}`)]),
    ...(deployUnavailable === null || deployUnavailable === "not_offered" ? [] : [t(`deployUnavailable.${deployUnavailable}`)]),
  ];
}

function Note({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <p className="flex gap-2.5 rounded-box border bg-surface px-4 py-3 text-table">
      <Icon className="mt-px size-4 shrink-0 text-muted" strokeWidth={1.75} aria-hidden />
      <span className="text-pretty">{children}</span>
    </p>
  );
}
