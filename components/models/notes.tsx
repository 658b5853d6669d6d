import { FlaskConical, Info, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ModelSummary } from "#lib/contracts/models.ts";

/** Says plainly what a demo model is good for. */
export function DemoNote() {
  const t = useTranslations("models");
  return <Note icon={FlaskConical}>{t("demoNote")}</Note>;
}

/** Why Try or Deploy cannot be used now, in words that are always in sight; nothing where a button works or is not meant. */
export function AvailabilityNote({ model }: { model: ModelSummary }) {
  const t = useTranslations("models");
  if (model.tryUnavailable === null) return null;
  const reasons = [
    model.tryUnavailable === "not_offered" ? null : t(`tryUnavailable.${model.tryUnavailable}`),
    model.deployUnavailable === null || model.deployUnavailable === "not_offered"
      ? null
      : t(`deployUnavailable.${model.deployUnavailable}`),
  ].filter((reason) => reason !== null);
  return reasons.length > 0 ? <Note icon={Info}>{reasons.join(" ")}</Note> : null;
}

function Note({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <p className="flex gap-2.5 rounded-box border bg-surface px-4 py-3 text-table">
      <Icon className="mt-px size-4 shrink-0 text-muted" strokeWidth={1.75} aria-hidden />
      <span>{children}</span>
    </p>
  );
}
