"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import type { AnswerError } from "#lib/contracts/conversations.ts";
import { type NextStep, nextSteps } from "./next-steps.ts";

export interface ProblemSteps {
  /** Null while it cannot be asked. */
  onTryAgain: (() => void) | null;
  onWithoutContext: (() => void) | null;
  onOtherModel: () => void;
  onNewConversation: () => void;
  /** The workspace's own service that was asked; null for a public model. */
  serviceId: string | null;
}

/** What happened to an answer, and the steps that help. */
export function Problem({ error, steps }: { error: AnswerError; steps: ProblemSteps | null }) {
  const t = useTranslations("playground");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const own = `problems.${error.code}`;
  return (
    <div role="alert" className="mt-2 flex flex-col gap-2 rounded-box bg-bad-soft px-3 py-2.5">
      <p className="text-bad">{t.has(own) ? t(own) : message(new ApiError(0, { code: error.code, message: error.message }))}</p>
      {steps ? (
        <div className="flex flex-wrap items-center gap-2">
          {nextSteps(error.code).map((step) => (
            <Step key={step} step={step} steps={steps} />
          ))}
        </div>
      ) : null}
      {error.requestId ? <p className="font-mono text-[11.5px] text-muted">{common("requestId", { id: error.requestId })}</p> : null}
    </div>
  );
}

function Step({ step, steps }: { step: NextStep; steps: ProblemSteps }) {
  const t = useTranslations("playground");
  const here = `${usePathname()}?${useSearchParams()}`;
  const { onTryAgain, onWithoutContext, onOtherModel, onNewConversation, serviceId } = steps;
  const link = (href: string) => (
    <Button asChild size="small">
      <Link href={href}>{t(`steps.${step}`)}</Link>
    </Button>
  );
  const press = (onClick: (() => void) | null) =>
    onClick ? (
      <Button size="small" onClick={onClick}>
        {t(`steps.${step}`)}
      </Button>
    ) : null;
  if (step === "sign_in") return link(`/sign-in?next=${encodeURIComponent(here)}`);
  if (step === "open_service") return serviceId ? link(`/services/${serviceId}`) : null;
  if (step === "other_model") return press(onOtherModel);
  if (step === "new_conversation") return press(onNewConversation);
  return press(step === "without_context" ? onWithoutContext : onTryAgain);
}
