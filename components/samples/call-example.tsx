"use client";

import { useTranslations } from "next-intl";
import { ToggleGroup } from "radix-ui";
import { Fragment, type ReactNode, useState } from "react";
import { CardTitle } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { ApiSamples } from "./api-samples.ts";

const modes = ["whole", "streaming"] as const;
type Mode = (typeof modes)[number];

/** The endpoint, then the request in three languages beside what comes back. */
export function CallExample({ samples }: { samples: ApiSamples }) {
  const t = useTranslations("models.samples");
  const [mode, setMode] = useState<Mode>("whole");
  const { request, response } = samples[mode];
  return (
    <>
      <CardTitle aside={<ModeSwitch mode={mode} onChange={setMode} />}>{t("callExample")}</CardTitle>
      <EndpointBar url={samples.url} />
      <div className="mt-4 grid gap-4 lg:grid-cols-2">
        <CodeBlock samples={request} label={t("request")} />
        <CodeBlock samples={[{ ...response, label: t("response") }]} label={t("response")} />
      </div>
      <p className="mt-3 text-label text-muted">{t("sdkNote")}</p>
    </>
  );
}

function EndpointBar({ url }: { url: string }) {
  const t = useTranslations("models.samples");
  return (
    <div className="flex min-h-10 items-center gap-3 rounded-box border bg-sunken pr-1 pl-3">
      <span className="font-medium font-mono text-accent text-code">POST</span>
      <span className="min-w-0 flex-1 py-1.5 [overflow-wrap:anywhere] font-mono text-code">{brokenAtSlashes(url)}</span>
      <CopyButton text={url} label={t("endpoint")} />
    </div>
  );
}

/** Where it is longer than a line, an address breaks between its parts rather than inside of one. */
function brokenAtSlashes(url: string): ReactNode {
  return [...url.matchAll(/[^/]+\/*/g)].map(({ 0: part, index }) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function ModeSwitch({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const t = useTranslations("models.samples");
  return (
    <ToggleGroup.Root
      type="single"
      value={mode}
      onValueChange={(value) => {
        const next = modes.find((one) => one === value);
        if (next) onChange(next);
      }}
      aria-label={t("mode")}
      className="flex rounded-control bg-sunken p-0.5"
    >
      {modes.map((one) => (
        <ToggleGroup.Item
          key={one}
          value={one}
          className="h-8 rounded-[5px] px-2.5 font-medium text-muted text-table hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-sm md:h-7"
        >
          {t(one)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
