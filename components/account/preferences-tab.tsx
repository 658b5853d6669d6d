"use client";

import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useId, useSyncExternalStore } from "react";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { languages, useAccountLanguage } from "#components/ui/language.ts";
import type { Locale } from "#lib/contracts/account.ts";

const themes = ["light", "dark", "system"] as const;

/** Language and theme. */
export function PreferencesTab() {
  const t = useTranslations("settings");
  const locale = useLocale();
  const { theme, setTheme } = useTheme();
  const chooseLanguage = useAccountLanguage();
  // The theme is known to the browser alone; what it renders first must be what the server did.
  const known = useSyncExternalStore(never, yes, no);
  return (
    <Card>
      <CardTitle>{t("tabs.preferences")}</CardTitle>
      <div className="flex flex-col gap-6">
        <Choice
          label={t("language")}
          value={locale}
          options={languages.map(({ id, name }) => ({ value: id, label: name }))}
          onChoose={(value) => chooseLanguage(value as Locale)}
        />
        <Choice
          label={t("theme")}
          value={known ? (theme ?? "system") : ""}
          options={themes.map((value) => ({ value, label: t(`themes.${value}`) }))}
          onChoose={setTheme}
        />
      </div>
    </Card>
  );
}

const never = () => () => {};
const yes = () => true;
const no = () => false;

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChoose: (value: string) => void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-label">{label}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.value === "zh" ? "zh-CN" : undefined}
            className="flex h-9 items-center gap-2 rounded-control border px-3 hover:bg-hover has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
              className="size-4 accent-accent focus-visible:outline-none"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
