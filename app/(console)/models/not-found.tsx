import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";

/** Within the console's frame, so that the way on is in sight. */
export default async function ModelNotFound() {
  const t = await getTranslations("models");
  const common = await getTranslations("common");
  return (
    <Page title={common("notFoundTitle")}>
      <EmptyState
        title={t("notFound")}
        action={
          <Button asChild>
            <Link href="/models">{common("backToModels")}</Link>
          </Button>
        }
      />
    </Page>
  );
}
