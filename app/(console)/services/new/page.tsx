import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { DeployPage } from "#components/services/deploy-page.tsx";
import { listModels } from "#lib/services/models/list.ts";
import { listRegions } from "#lib/services/models/regions.ts";
import { readBalance } from "#lib/services/wallet/balance.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("services");
  return { title: t("deployModel") };
}

interface Props {
  searchParams: Promise<{ model?: string | string[] }>;
}

export default async function Deploy({ searchParams }: Props) {
  const ctx = await pageContext();
  const { model } = await searchParams;
  const [models, regions, balance] = await Promise.all([listModels({ ctx }), listRegions({ ctx }), readBalance({ ctx })]);
  const asked = typeof model === "string" ? model : "";
  return (
    <DeployPage
      key={asked}
      models={models.items}
      regions={regions.items}
      asked={asked}
      owner={ctx.actor.workspaceName}
      balanceNano={balance.balanceNano}
      currency={balance.currency}
    />
  );
}
