import { ExternalLink } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { Card, CardTitle, Fact } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { ModelDetail } from "#lib/contracts/models.ts";

type Weights = NonNullable<ModelDetail["weights"]>;

const pages = { huggingface: "https://huggingface.co/", modelscope: "https://www.modelscope.cn/models/" } as const;

/** What an instance of the model loads, and where it comes from. */
export function WeightsCard({ weights }: { weights: Weights }) {
  const t = useTranslations("models");
  return (
    <Card>
      <CardTitle>{t("weights.title")}</CardTitle>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 *:first:col-span-2 lg:grid-cols-4">
        <Fact label={t("weights.source")}>
          <Source weights={weights} />
        </Fact>
        <Fact label={t("weights.format")}>{weights.format === "gguf" ? "GGUF" : "safetensors"}</Fact>
        <Fact label={t("weights.size")}>
          {weights.sizeBytes === null ? t("weights.unknown") : <Size bytes={Number(weights.sizeBytes)} />}
        </Fact>
        <Fact label={t("weights.architecture")}>{weights.architecture ?? t("weights.unknown")}</Fact>
      </dl>
      {weights.chatTemplate === null ? null : <ChatTemplate text={weights.chatTemplate} />}
    </Card>
  );
}

function Source({ weights: { source, hub, repository, file } }: { weights: Weights }) {
  const t = useTranslations("models");
  if (hub === null) return <span>{t(`weights.from.${source}`)}</span>;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      <a
        href={`${pages[hub]}${repository}`}
        target="_blank"
        rel="noreferrer"
        className="inline-flex min-w-0 items-center gap-1 text-accent hover:underline"
      >
        <span className="truncate">{repository}</span>
        <ExternalLink className="size-3.5 shrink-0" strokeWidth={1.75} aria-hidden />
      </a>
      {file === "" ? null : <span className="truncate font-mono text-code text-muted">{file}</span>}
    </span>
  );
}

function Size({ bytes }: { bytes: number }) {
  const format = useFormatter();
  const [unit, of] = bytes < 1e9 ? (["megabyte", 1e6] as const) : (["gigabyte", 1e9] as const);
  return <span className="tabular-nums">{format.number(bytes / of, { style: "unit", unit, maximumFractionDigits: 1 })}</span>;
}

/** Shown as it is, never run: the text comes from whoever made the file. */
function ChatTemplate({ text }: { text: string }) {
  const t = useTranslations("models");
  return (
    <details className="mt-4">
      <summary className="cursor-pointer font-medium text-label">{t("weights.chatTemplate")}</summary>
      <div className="relative mt-2">
        <pre className="max-h-80 overflow-auto whitespace-pre-wrap break-words rounded-control bg-sunken p-3 pr-10 font-mono text-code">
          {text}
        </pre>
        <CopyButton text={text} label={t("weights.chatTemplate")} className="absolute top-2 right-2" />
      </div>
    </details>
  );
}
