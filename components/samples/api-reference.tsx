"use client";

import { useTranslations } from "next-intl";
import { Card, CardTitle } from "#components/ui/card.tsx";
import type { ApiSamples } from "./api-samples.ts";
import { AuthenticationRules } from "./authentication-rules.tsx";
import { CallExample } from "./call-example.tsx";
import { FieldTable } from "./field-table.tsx";
import { requestFields, responseFields } from "./fields.ts";

/** How to call one model or service: authentication, samples beside their answers, and what each field means. */
export function ApiReference({ samples }: { samples: ApiSamples }) {
  const t = useTranslations("models.samples");
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Card>
        <AuthenticationRules />
      </Card>
      <Card>
        <CallExample samples={samples} />
      </Card>
      <Card>
        <CardTitle>{t("requestFields")}</CardTitle>
        <FieldTable fields={requestFields} label={t("requestFields")} />
      </Card>
      <Card>
        <CardTitle>{t("responseFields")}</CardTitle>
        <FieldTable fields={responseFields} label={t("responseFields")} />
      </Card>
    </div>
  );
}
