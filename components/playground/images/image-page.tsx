"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { useDeferredValue, useState, useSyncExternalStore } from "react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState, ErrorState, Loading, UpdateFailed } from "#components/ui/feedback.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import { CurrencyContext } from "../format-money.ts";
import { KindTabs } from "../kind-tabs.tsx";
import { ModelPicker } from "../picker/model-picker.tsx";
import { ofKinds, type Target, type Targets, useTargets } from "../requests.ts";
import { Gallery } from "./gallery.tsx";
import { ImageForm } from "./image-form.tsx";
import { type Batch, type Studio, studioOf } from "./studio.ts";

const none: Batch[] = [];

/** `currency` is the installation's, ISO 4217. */
export function ImagePage({ userId, currency }: { userId: string; currency: string }) {
  const t = useTranslations("playground");
  const [params, setParams] = useUrlState();
  const [search, setSearch] = useState("");
  const wanted = params.get("model") ?? "";
  const targets = useTargets(useDeferredValue(search), wanted);
  const drawing = targets.data ? ofKinds(targets.data, ["image_generation"]) : null;
  const all = drawing ? [...drawing.shared, ...drawing.own] : [];
  const target = all.find((one) => (wanted ? one.accessName === wanted : one.ready)) ?? null;
  return (
    <CurrencyContext value={currency}>
      <h1 className="sr-only">{t("imagesTitle")}</h1>
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2 md:min-h-14 md:px-4">
        <KindTabs current="image" />
        {drawing && (all.length > 0 || search !== "") ? (
          <ImagePicker
            targets={drawing}
            value={target?.accessName ?? wanted}
            search={search}
            onSearch={setSearch}
            onChange={(model) => setParams({ model })}
          />
        ) : null}
      </div>
      {targets.isPending ? <Loading className="m-4 h-96 max-w-sm" /> : null}
      {targets.isError && !targets.data ? (
        <div className="p-6">
          <ErrorState error={targets.error} onRetry={targets.refetch} />
        </div>
      ) : null}
      {targets.isError && targets.data ? <UpdateFailed error={targets.error} onRetry={targets.refetch} className="px-4 pt-3" /> : null}
      {drawing && all.length === 0 && search === "" ? (
        <div className="p-4 md:p-6">
          <EmptyState
            title={t("noImageModel")}
            action={
              <Button asChild>
                <Link href="/models?kind=image_generation">{t("seeImageModels")}</Link>
              </Button>
            }
          />
        </div>
      ) : null}
      {drawing && (all.length > 0 || search !== "") ? <Work userId={userId} target={target} /> : null}
    </CurrencyContext>
  );
}

interface ImagePickerProps {
  targets: Targets;
  value: string;
  search: string;
  onSearch: (text: string) => void;
  onChange: (accessName: string) => void;
}

function ImagePicker(props: ImagePickerProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="min-w-0 max-w-80 flex-1">
      <ModelPicker {...props} open={open} onOpenChange={setOpen} />
    </div>
  );
}

function Work({ userId, target }: { userId: string; target: Target | null }) {
  const studio: Studio = studioOf(userId);
  const batches = useSyncExternalStore(studio.subscribe, studio.snapshot, () => none);
  return (
    <div className="flex flex-1 flex-col lg:flex-row">
      <div className="shrink-0 border-b p-4 md:p-6 lg:sticky lg:top-14 lg:max-h-[calc(100dvh-3.5rem)] lg:w-96 lg:self-start lg:overflow-y-auto lg:border-b-0">
        <ImageForm
          userId={userId}
          target={target}
          busy={batches.some((batch) => batch.state === "drawing")}
          onDraw={(input) => void studio.draw(input)}
          onStop={() => studio.stop()}
        />
      </div>
      <Gallery batches={batches} onAgain={target?.ready ? (input) => void studio.draw(input) : null} onRemove={(id) => studio.remove(id)} />
    </div>
  );
}
