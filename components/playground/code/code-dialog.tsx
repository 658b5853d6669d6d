"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "#components/ui/api.ts";
import { CodeBlock } from "#components/ui/code.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState, Loading } from "#components/ui/feedback.tsx";
import { type TrialCodeInput, trialCode } from "#lib/contracts/trial.ts";

interface CodeDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The conversation as it would be asked now. */
  input: TrialCodeInput;
}

/** The conversation as a program would have it: curl, Python and Node.js, made where the samples of the API pages are made. */
export function CodeDialog({ open, onOpenChange, input }: CodeDialogProps) {
  const t = useTranslations("playground");
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("viewCode")}
      description={t("viewCodeText")}
      className="sm:top-[6vh] sm:w-[min(56rem,calc(100vw-2rem))]"
    >
      {open ? <Code input={input} /> : null}
    </Dialog>
  );
}

function Code({ input }: { input: TrialCodeInput }) {
  const t = useTranslations("playground");
  const [mode, setMode] = useState<"whole" | "streaming">("whole");
  const code = useQuery({
    queryKey: ["playground", "code", input],
    queryFn: ({ signal }) => api({ path: "/api/trial/code", method: "POST", body: input, schema: trialCode, signal }),
    gcTime: 0,
  });
  if (code.isError) return <ErrorState error={code.error} onRetry={code.refetch} />;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <fieldset className="flex self-start rounded-control bg-sunken p-0.5">
        <legend className="sr-only">{t("codeMode")}</legend>
        {(["whole", "streaming"] as const).map((one) => (
          <label
            key={one}
            className="flex h-8 cursor-pointer items-center rounded-[5px] px-2.5 font-medium text-muted text-table has-[:checked]:bg-surface has-[:checked]:text-ink has-[:checked]:shadow-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent md:h-7"
          >
            <input type="radio" name="code-mode" checked={mode === one} onChange={() => setMode(one)} className="sr-only" />
            {t(one === "streaming" ? "codeStreaming" : "codeWhole")}
          </label>
        ))}
      </fieldset>
      {code.data ? <CodeBlock samples={code.data[mode]} label={t("viewCode")} className="max-h-[55dvh]" /> : <Loading className="h-80" />}
      <Link href="/keys" className="inline-flex h-9 items-center gap-1 self-start font-medium text-accent hover:underline md:h-8">
        {t("getKey")}
        <ArrowRight className="size-4" strokeWidth={1.75} aria-hidden />
      </Link>
    </div>
  );
}
