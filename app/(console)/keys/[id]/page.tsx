import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { allowedTarget, callTarget } from "#app/_server/call-target.ts";
import { highlight } from "#app/_server/highlight.ts";
import { pageContext } from "#app/_server/session.ts";
import { KeyPage } from "#components/keys/key-page.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { AppError } from "#lib/errors.ts";
import { keyCheckCommand } from "#lib/samples/key-check.ts";
import { keyPlaceholder } from "#lib/samples/sample-texts.ts";
import { getApiKey } from "#lib/services/api-keys/get.ts";

interface Props {
  params: Promise<{ id: string }>;
}

/** Read once a request, for title and page alike. */
const read = cache(async (id: string) => {
  const ctx = await pageContext();
  try {
    return { ctx, apiKey: await getApiKey({ ctx, input: { id } }) };
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { apiKey } = await read((await params).id);
  return { title: apiKey.name };
}

export default async function Key({ params }: Props) {
  const { ctx, apiKey } = await read((await params).id);
  const t = await getTranslations("keys");
  const [target, allowed] = await Promise.all([callTarget(ctx), allowedTarget(ctx, apiKey.limits.allowedModels)]);
  const code = keyCheckCommand({ ...allowed, apiKey: keyPlaceholder });
  const sample = {
    ...{ id: "curl", label: "curl", code, lines: await highlight(code, "bash") },
    editRows: code.split("\n").flatMap((line, row) => (line.includes(keyPlaceholder) ? [row] : [])),
  };
  // The id as key: another key's page is another page, with dialogs and queries of its own.
  return <KeyPage key={apiKey.id} first={apiKey} target={target} sample={<CodeBlock samples={[sample]} label={t("sampleTitle")} />} />;
}
