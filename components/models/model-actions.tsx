"use client";

import { MessageSquareText, Rocket } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "#components/ui/button.tsx";
import { UnavailableButton } from "#components/ui/unavailable-button.tsx";
import type { ModelSummary } from "#lib/contracts/models.ts";

/** Try and Deploy; one that cannot be used says why. */
export function ModelActions({ model, size }: { model: ModelSummary; size?: ButtonProps["size"] }) {
  const t = useTranslations("models");
  return (
    <>
      <Action
        href={`/playground?model=${model.accessName}`}
        reason={model.tryUnavailable && t(`tryUnavailable.${model.tryUnavailable}`)}
        label={t("tryNamed", { name: model.name })}
        {...(size ? { size } : {})}
      >
        <MessageSquareText strokeWidth={1.75} aria-hidden />
        {t("try")}
      </Action>
      <Action
        href={`/services/new?model=${model.slug}`}
        reason={model.deployUnavailable && t(`deployUnavailable.${model.deployUnavailable}`)}
        label={t("deployNamed", { name: model.name })}
        {...(size ? { size } : {})}
      >
        <Rocket strokeWidth={1.75} aria-hidden />
        {t("deploy")}
      </Action>
    </>
  );
}

interface ActionProps {
  href: string;
  /** Null: it works. */
  reason: string | null;
  label: string;
  size?: ButtonProps["size"];
  children: ReactNode;
}

function Action({ href, reason, label, size, children }: ActionProps) {
  if (reason !== null) {
    return (
      <UnavailableButton reason={reason} label={label} size={size}>
        {children}
      </UnavailableButton>
    );
  }
  return (
    <Button asChild size={size}>
      <Link href={href} aria-label={label}>
        {children}
      </Link>
    </Button>
  );
}
