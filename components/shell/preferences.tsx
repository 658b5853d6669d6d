"use client";

import { Languages as LanguagesIcon, Monitor, Moon, Sun } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { Button } from "#components/ui/button.tsx";
import { languages, useAccountLanguage, useChooseLanguage } from "#components/ui/language.ts";
import { Menu, MenuRadioGroup, MenuRadioItem } from "#components/ui/menu.tsx";
import type { Locale } from "#lib/contracts/account.ts";

/** For visitors. */
export function LanguageMenu() {
  return <Languages onChoose={useChooseLanguage()} />;
}

/** For who is signed in: the account keeps the language too. */
export function AccountLanguageMenu() {
  return <Languages onChoose={useAccountLanguage()} />;
}

function Languages({ onChoose }: { onChoose: (language: Locale) => void }) {
  const t = useTranslations("shell");
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("language")}>
          <LanguagesIcon aria-hidden />
        </Button>
      }
    >
      <MenuRadioGroup value={useLocale()} onValueChange={(language) => onChoose(language as Locale)}>
        {languages.map(({ id, name }) => (
          <MenuRadioItem key={id} value={id} lang={id}>
            {name}
          </MenuRadioItem>
        ))}
      </MenuRadioGroup>
    </Menu>
  );
}

export function ThemeMenu() {
  const t = useTranslations("shell");
  const { theme, setTheme } = useTheme();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("theme")}>
          <Sun className="dark:hidden" aria-hidden />
          <Moon className="hidden dark:block" aria-hidden />
        </Button>
      }
    >
      <MenuRadioGroup value={theme ?? "system"} onValueChange={setTheme}>
        <MenuRadioItem value="light">
          <Sun aria-hidden />
          {t("light")}
        </MenuRadioItem>
        <MenuRadioItem value="dark">
          <Moon aria-hidden />
          {t("dark")}
        </MenuRadioItem>
        <MenuRadioItem value="system">
          <Monitor aria-hidden />
          {t("system")}
        </MenuRadioItem>
      </MenuRadioGroup>
    </Menu>
  );
}
