"use client";

import { useTranslations } from "next-intl";
import { Status, type Tone } from "#components/ui/status.tsx";
import type { ApiKeyStatus } from "#lib/contracts/api-keys.ts";

const tones: Record<ApiKeyStatus, Tone> = { active: "good", retiring: "warn", disabled: "idle", expired: "bad" };

export function KeyStatus({ status }: { status: ApiKeyStatus }) {
  const t = useTranslations("keys");
  return <Status tone={tones[status]} label={t(`status.${status}`)} />;
}
