import { getTranslations } from "next-intl/server";
import { Skeleton } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";

/** The list's frame while its rows are read. */
export default async function ServicesLoading() {
  const t = await getTranslations("services");
  return (
    <Page wide title={t("title")} description={t("description")}>
      <Skeleton className="h-8 w-full sm:w-100" />
      <Skeleton className="h-64" />
    </Page>
  );
}
