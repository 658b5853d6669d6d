"use client";

import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import type { ServiceSummary } from "#lib/contracts/services.ts";
import { ScaleResult } from "./scale-result.tsx";
import { useScaling } from "./use-scaling.ts";

const mostInstances = 1000;

type Problem = "enterWholeNumber" | "nothingChanges" | "atLeastOne" | "atLeastOneOnly" | "atMost";

/** Why `text` cannot be added to `current` instances; null where it can. */
function problemOf(text: string, current: number): Problem | null {
  if (text.trim() === "") return "nothingChanges";
  const add = Number(text);
  if (!Number.isInteger(add)) return "enterWholeNumber";
  if (add === 0) return "nothingChanges";
  if (current + add < 1) return current === 1 ? "atLeastOneOnly" : "atLeastOne";
  return current + add > mostInstances ? "atMost" : null;
}

interface ScaleDialogProps {
  service: ServiceSummary;
  currency: string;
  onClose: () => void;
}

/** Adds or removes instances. What it shows stays as the reader saw it until they confirm or it turns out to be old. */
export function ScaleDialog({ service, currency, onClose }: ScaleDialogProps) {
  const t = useTranslations("services");
  const [text, setText] = useState("");
  const { seen, failure, busy, send } = useScaling(service, onClose);
  const problem = problemOf(text, seen.wanted);
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("scaleTitle", { name: service.name })}
      description={t("scaleConsequence")}
      keepOpen={text !== ""}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null && !busy) void send(Number(text));
        }}
      >
        <NumberToAdd text={text} onText={setText} current={seen.wanted} problem={problem} />
        <ScaleResult
          before={seen.wanted}
          after={problem === null ? seen.wanted + Number(text) : null}
          hourNano={service.hourNano}
          currency={currency}
        />
        {failure ? (
          <p role="alert" className="mt-3 text-bad">
            {failure}
          </p>
        ) : null}
        <Actions problem={problem} busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface NumberToAddProps {
  text: string;
  onText: (text: string) => void;
  current: number;
  problem: Problem | null;
}

function NumberToAdd({ text, onText, current, problem }: NumberToAddProps) {
  const t = useTranslations("services");
  const values = { count: problem === "atMost" ? mostInstances : current - 1 };
  const step = (by: number) => onText(String((Number.isInteger(Number(text)) ? Number(text) : 0) + by));
  return (
    <Field
      label={t("numberToAdd")}
      help={t("numberToAddHelp")}
      error={text !== "" && problem !== null && problem !== "nothingChanges" ? t(problem, values) : undefined}
    >
      {(control) => (
        <div className="flex gap-2">
          <Input
            {...control}
            type="number"
            step={1}
            placeholder={t("numberToAddExample")}
            value={text}
            onChange={(event) => onText(event.target.value)}
            autoComplete="off"
            autoFocus
            className="[appearance:textfield] tabular-nums [&::-webkit-inner-spin-button]:appearance-none"
          />
          <Button size="icon" aria-label={t("removeOne")} onClick={() => step(-1)}>
            <Minus aria-hidden />
          </Button>
          <Button size="icon" aria-label={t("addOne")} onClick={() => step(1)}>
            <Plus aria-hidden />
          </Button>
        </div>
      )}
    </Field>
  );
}

interface ActionsProps {
  problem: Problem | null;
  busy: boolean;
  onClose: () => void;
}

function Actions({ problem, busy, onClose }: ActionsProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const reasonId = useId();
  return (
    <div className="mt-5 flex flex-wrap items-center justify-end gap-2">
      <p id={reasonId} className="min-w-32 flex-1 text-label text-muted">
        {problem === "nothingChanges" ? t("nothingChanges") : null}
      </p>
      <Button onClick={onClose}>{common("cancel")}</Button>
      <Button type="submit" variant="primary" disabled={problem !== null} busy={busy} aria-describedby={reasonId}>
        {t("confirm")}
      </Button>
    </div>
  );
}
