"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, SlidersHorizontal, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as z from "zod/mini";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Menu, MenuFailure, MenuItem, MenuLabel, MenuSeparator } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.ts";
import { type PresetView, presetList, presetView } from "#lib/contracts/conversations.ts";
import { type ParameterValues, toParameters, toValues } from "../parameter-values.ts";
import { PresetDialog } from "./preset-dialog.tsx";

const key = ["playground", "presets"];

/** Sets of parameters that the user keeps: choose one, keep the present one, delete. */
export function Presets({
  values,
  onChange,
  savable,
}: {
  values: ParameterValues;
  onChange: (values: ParameterValues) => void;
  savable: boolean;
}) {
  const t = useTranslations("playground");
  const message = useErrorMessage();
  const client = useQueryClient();
  const [naming, setNaming] = useState(false);
  const presets = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api({ path: "/api/presets", schema: presetList, signal }),
    staleTime: 60_000,
  });
  const refresh = () => client.invalidateQueries({ queryKey: key });
  const save = useMutation({
    mutationFn: (name: string) =>
      api({
        path: "/api/presets",
        method: "POST",
        body: { name, systemPrompt: values.system.trim(), parameters: toParameters(values) },
        schema: presetView,
      }),
    onSuccess: async ({ name }) => {
      await refresh();
      setNaming(false);
      toast.success(t("presetSaved", { name }));
    },
  });
  const remove = useMutation({
    mutationFn: (preset: PresetView) => api({ path: `/api/presets/${preset.id}`, method: "DELETE", schema: z.undefined() }),
    onSuccess: refresh,
    onError: (error) => toast.error(message(error)),
  });
  const items = presets.data?.items ?? [];
  return (
    <div className="flex gap-2">
      <Menu
        align="start"
        trigger={
          <Button className="min-w-0 flex-1 justify-start">
            <SlidersHorizontal aria-hidden />
            <span className="truncate">{t("presets")}</span>
          </Button>
        }
      >
        {presets.isError ? (
          <MenuFailure error={presets.error} onRetry={presets.refetch} />
        ) : items.length === 0 ? (
          <MenuLabel>{t("noPresets")}</MenuLabel>
        ) : null}
        {items.map((preset) => (
          <MenuItem key={preset.id} onSelect={() => onChange({ ...toValues(preset.parameters), system: preset.systemPrompt })}>
            <span className="max-w-56 truncate">{preset.name}</span>
          </MenuItem>
        ))}
        {items.length > 0 ? <MenuSeparator /> : null}
        {items.map((preset) => (
          <MenuItem key={preset.id} danger onSelect={() => remove.mutate(preset)}>
            <Trash2 aria-hidden />
            <span className="max-w-56 truncate">{t("deletePreset", { name: preset.name })}</span>
          </MenuItem>
        ))}
      </Menu>
      <Button size="icon" aria-label={t("savePreset")} title={t("savePreset")} disabled={!savable} onClick={() => setNaming(true)}>
        <BookmarkPlus aria-hidden />
      </Button>
      <PresetDialog
        open={naming}
        onOpenChange={setNaming}
        taken={items.map((preset) => preset.name)}
        busy={save.isPending}
        error={save.isError ? message(save.error) : null}
        onSave={(name) => save.mutate(name)}
      />
    </div>
  );
}
