import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { CardTitle } from "#components/ui/card.tsx";

const code = (text: ReactNode) => <code className="rounded-[4px] bg-sunken px-1 py-0.5 font-mono text-code">{text}</code>;

/** The three rules that every call follows, and the way to one's own key. */
export function AuthenticationRules() {
  const t = useTranslations("models.samples");
  return (
    <>
      <CardTitle
        aside={
          <Link href="/keys" className="flex items-center gap-1 font-medium text-accent text-table hover:underline">
            {t("viewKey")}
            <ArrowRight className="size-4" strokeWidth={1.75} aria-hidden />
          </Link>
        }
      >
        {t("authentication")}
      </CardTitle>
      <ol className="flex max-w-[80ch] list-decimal flex-col gap-2 pl-5 marker:text-muted">
        <li>{t.rich("ruleHeader", { code })}</li>
        <li>{t.rich("ruleFormat", { code })}</li>
        <li>{t("ruleSafety")}</li>
      </ol>
    </>
  );
}
