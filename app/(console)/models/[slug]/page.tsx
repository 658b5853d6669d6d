import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { buildSamples } from "#app/_server/samples.ts";
import { pageContext } from "#app/_server/session.ts";
import { ModelPage } from "#components/models/model-page.tsx";
import { ApiReference } from "#components/samples/api-reference.tsx";
import { AppError } from "#lib/errors.ts";
import { getModel } from "#lib/services/models/get.ts";

interface PageParams {
  params: Promise<{ slug: string }>;
}

/** The model of the address, read once for title and page. */
const readModel = cache(async (slug: string) => {
  const ctx = await pageContext();
  try {
    return await getModel({ ctx, input: { slug } });
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: PageParams): Promise<Metadata> {
  return { title: (await readModel((await params).slug)).name };
}

export default async function Model({ params }: PageParams) {
  const [ctx, model] = await Promise.all([pageContext(), readModel((await params).slug)]);
  // Without an offer by token there is no public name to call: show what a service of the reader's own would be called.
  const accessName = model.hosting.token ? model.accessName : `${ctx.actor.workspaceName}/${model.slug}`;
  const samples = await buildSamples({ endpoint: model.endpoint, accessName });
  return (
    <ModelPage
      initial={model}
      currency={ctx.config.currency}
      exampleName={model.hosting.token ? null : model.slug}
      api={<ApiReference samples={samples} />}
    />
  );
}
