"use client";

import { Languages, Monitor, Moon, Sun } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuRadioGroup, MenuRadioItem } from "#components/ui/menu.tsx";
import { languages, useChooseLanguage } from "./language.ts";

export function LanguageMenu() {
  const t = useTranslations("shell");
  const choose = useChooseLanguage();
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" aria-label={t("language")}>
          <Languages aria-hidden />
        </Button>
      }
    >
      <MenuRadioGroup value={useLocale()} onValueChange={choose}>
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
