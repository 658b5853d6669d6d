"use client";

import { Download, RotateCw, Trash2 } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { EmptyState, Skeleton } from "#components/ui/feedback.tsx";
import type { TrialImageInput } from "#lib/contracts/trial.ts";
import { useMoney } from "../format-money.ts";
import type { Batch } from "./studio.ts";

interface GalleryProps {
  batches: Batch[];
  /** Null while nothing can be drawn. */
  onAgain: ((input: TrialImageInput) => void) | null;
  onRemove: (id: number) => void;
}

/** What was drawn, the newest first. */
export function Gallery({ batches, onAgain, onRemove }: GalleryProps) {
  const t = useTranslations("playground");
  const busy = batches.some((batch) => batch.state === "drawing");
  return (
    <section aria-label={t("gallery")} className="flex min-w-0 flex-1 flex-col gap-8 p-4 md:p-6 lg:border-l">
      {batches.length === 0 ? <EmptyState title={t("galleryEmpty")} /> : <p className="text-label text-muted">{t("galleryNote")}</p>}
      {batches.map((batch) => (
        <BatchView
          key={batch.id}
          batch={batch}
          onAgain={onAgain && !busy ? () => onAgain(batch.input) : null}
          onRemove={() => onRemove(batch.id)}
        />
      ))}
    </section>
  );
}

function BatchView({ batch, onAgain, onRemove }: { batch: Batch; onAgain: (() => void) | null; onRemove: () => void }) {
  const t = useTranslations("playground");
  const message = useErrorMessage();
  const { input, state, pictures } = batch;
  const [width = 1, height = 1] = input.size.split("x").map(Number);
  const frame = { aspectRatio: `${width} / ${height}` };
  const failed = state instanceof ApiError ? state : null;
  return (
    <article className="flex flex-col gap-2" data-testid="batch" data-status={failed ? "failed" : String(state)}>
      <h2 className="whitespace-pre-wrap break-words">{input.prompt}</h2>
      <BatchFacts batch={batch} />
      {state === "drawing" || pictures.length > 0 ? (
        <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 2xl:grid-cols-3">
          {state === "drawing"
            ? Array.from({ length: input.n }, (_, index) => (
                <li key={index} style={frame}>
                  <Skeleton className="size-full rounded-box" />
                </li>
              ))
            : pictures.map(({ url, type }, index) => (
                <li key={url} className="group/picture relative overflow-hidden rounded-box border bg-sunken" style={frame}>
                  {/* biome-ignore lint/performance/noImgElement: it is in the browser already */}
                  <img src={url} alt={t("pictureOf", { prompt: input.prompt, number: index + 1 })} className="size-full object-contain" />
                  <Button asChild size="icon" className="absolute top-2 right-2">
                    <a
                      href={url}
                      download={`hydra-${batch.id}-${index + 1}.${type}`}
                      aria-label={t("download", { number: index + 1 })}
                      title={t("download", { number: index + 1 })}
                    >
                      <Download aria-hidden />
                    </a>
                  </Button>
                </li>
              ))}
        </ul>
      ) : null}
      {state === "drawing" ? (
        <p role="status" className="text-muted">
          {t("drawing")}
        </p>
      ) : null}
      {state === "stopped" ? <p className="text-muted">{t("drawingStopped")}</p> : null}
      {failed ? (
        <p role="alert" className="rounded-box bg-bad-soft px-3 py-2 text-bad">
          {message(failed)}
        </p>
      ) : null}
      {state === "drawing" ? null : (
        <div className="flex items-center gap-1">
          {onAgain ? (
            <Button variant="ghost" size="small" onClick={onAgain}>
              <RotateCw aria-hidden />
              {t(failed ? "steps.try_again" : "drawAgain")}
            </Button>
          ) : null}
          <Button variant="ghost" size="small" onClick={onRemove}>
            <Trash2 aria-hidden />
            {t("removeBatch")}
          </Button>
        </div>
      )}
    </article>
  );
}

function BatchFacts({ batch: { input, tookMs, chargeNano } }: { batch: Batch }) {
  const t = useTranslations("playground");
  const format = useFormatter();
  const money = useMoney();
  const facts = [
    input.model,
    input.size.replace("x", " × "),
    t("images", { count: input.n }),
    input.seed === undefined ? null : t("seedFact", { seed: String(input.seed) }),
    tookMs === null ? null : t("took", { seconds: format.number(tookMs / 1_000, { maximumFractionDigits: 1 }) }),
    chargeNano === null ? null : t("cost", { amount: money.amount(chargeNano) }),
  ].filter((fact) => fact !== null);
  return <p className="text-label text-muted tabular-nums">{facts.join(" · ")}</p>;
}
