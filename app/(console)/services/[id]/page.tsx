import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { buildSamples } from "#app/_server/samples.ts";
import { pageContext } from "#app/_server/session.ts";
import { ApiReference } from "#components/samples/api-reference.tsx";
import { ServicePage } from "#components/services/service-page.tsx";
import { AppError } from "#lib/errors.ts";
import { getService } from "#lib/services/model-services/get.ts";

interface Props {
  params: Promise<{ id: string }>;
}

/** Read once a request, for title and page alike. */
const read = cache(async (id: string) => {
  const ctx = await pageContext();
  try {
    return { service: await getService({ ctx, input: { id } }), currency: ctx.config.currency };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { service } = await read((await params).id);
  return { title: service.name };
}

export default async function Service({ params }: Props) {
  const { service, currency } = await read((await params).id);
  const samples = await buildSamples({ endpoint: service.endpoint, accessName: service.accessName });
  // The key: another service's page is another page, with dialogs and queries of its own.
  return <ServicePage key={service.id} first={service} currency={currency} api={<ApiReference samples={samples} />} />;
}
