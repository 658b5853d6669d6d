"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { toast } from "./toast.ts";

const confirmMs = 2_000;

/** Copies a text and shows a tick for two seconds. `label` says what is copied, for screen readers. */
export function CopyButton({ text, label, className }: { text: string; label?: string; className?: string }) {
  const t = useTranslations("common");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), confirmMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (button: HTMLElement) => {
    if (await copyText(text, button)) setCopied(true);
    else toast.error(t("copyFailed"));
  };
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={copied ? t("copied") : label ? t("copyNamed", { name: label }) : t("copy")}
      title={copied ? t("copied") : t("copy")}
      className={className}
      onClick={(event) => {
        event.stopPropagation();
        void copy(event.currentTarget);
      }}
    >
      {copied ? <Check className="text-good" aria-hidden /> : <Copy aria-hidden />}
    </Button>
  );
}
