import { getTranslations } from "next-intl/server";
import { Skeleton } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";

export default async function KeysLoading() {
  const t = await getTranslations("keys");
  return (
    <Page wide title={t("title")} description={t("description")} action={<Skeleton className="h-9 w-28 md:h-8" />}>
      <Skeleton className="h-9 w-full sm:w-64 md:h-8" />
      <Skeleton className="h-64 rounded-card" />
    </Page>
  );
}
