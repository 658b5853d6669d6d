"use client";

import { Code, Eraser, History, SlidersHorizontal, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { KindTabs } from "./kind-tabs.tsx";
import { ModelPicker, type ModelPickerProps } from "./picker/model-picker.tsx";

interface ToolbarProps {
  picker: ModelPickerProps;
  clearable: boolean;
  contextClearable: boolean;
  onClearContext: () => void;
  onClear: () => void;
  /** Null while there is nothing to make code of. */
  onCode: (() => void) | null;
  onHistory: () => void;
  onSettings: () => void;
}

/** Above the conversation: what is asked, and what can be done with the whole of it. On a phone in two rows. */
export function Toolbar({ picker, clearable, contextClearable, onClearContext, onClear, onCode, onHistory, onSettings }: ToolbarProps) {
  const t = useTranslations("playground");
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2 md:min-h-14 md:flex-nowrap md:px-4">
      <Button
        variant="ghost"
        size="icon"
        aria-label={t("conversations")}
        title={t("conversations")}
        onClick={onHistory}
        className="xl:hidden"
      >
        <History aria-hidden />
      </Button>
      <KindTabs current="text" />
      <div className="order-last min-w-0 basis-full md:order-none md:max-w-80 md:flex-1 md:basis-auto">
        <ModelPicker {...picker} />
      </div>
      <div className="ml-auto flex items-center gap-1">
        <Button variant="ghost" aria-label={t("viewCode")} title={t("viewCode")} disabled={onCode === null} onClick={() => onCode?.()}>
          <Code aria-hidden />
          <span className="hidden sm:inline">{t("viewCode")}</span>
        </Button>
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label={t("clear")} title={t("clear")} disabled={!clearable}>
              <Eraser aria-hidden />
            </Button>
          }
        >
          <MenuItem disabled={!contextClearable} onSelect={onClearContext}>
            <Eraser aria-hidden />
            {t("clearContext")}
          </MenuItem>
          <MenuItem danger onSelect={onClear}>
            <Trash2 aria-hidden />
            {t("clearConversation")}
          </MenuItem>
        </Menu>
        <Button variant="ghost" size="icon" aria-label={t("parameters")} title={t("parameters")} onClick={onSettings} className="lg:hidden">
          <SlidersHorizontal aria-hidden />
        </Button>
      </div>
    </div>
  );
}
