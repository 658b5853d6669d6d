import { CirclePlus, Image as ImageIcon, Languages, LogOut, type LucideIcon, Monitor, Moon, Rocket, Settings, Sun } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { languages, useAccountLanguage } from "#components/ui/language.ts";
import { navigation } from "../navigation.ts";
import { useSignOut } from "../sign-out.ts";

/** A page or an action that the palette offers without asking the server. */
export interface PaletteCommand {
  id: string;
  title: string;
  icon: LucideIcon;
  /** Other words that find it, in lower case. */
  words: string;
  /** A page; left out for an action. */
  href?: string;
  run: () => void;
}

const playgroundImage = navigation.flatMap((item) => item.children ?? []).find(({ key }) => key === "image");

/** The pages of the console. */
export function usePages(): PaletteCommand[] {
  const t = useTranslations("shell");
  const palette = useTranslations("palette");
  const router = useRouter();
  const page = (id: string, href: string, title: string, icon: LucideIcon): PaletteCommand => ({
    ...{ id, href, title, icon },
    words: `${id} ${href}`,
    run: () => router.push(href),
  });
  const image = playgroundImage ? [page("image", playgroundImage.href, palette("imagePage"), ImageIcon)] : [];
  const main = navigation.map(({ key, href, icon }) => page(key, href, t(key), icon));
  return [...main, ...image, page("settings", "/settings", t("settings"), Settings)];
}

/** What can be done from everywhere. */
export function useActions(): PaletteCommand[] {
  const t = useTranslations("palette");
  const router = useRouter();
  const locale = useLocale();
  const { setTheme } = useTheme();
  const chooseLanguage = useAccountLanguage();
  const signOut = useSignOut();
  const themes = [
    { theme: "light", icon: Sun },
    { theme: "dark", icon: Moon },
    { theme: "system", icon: Monitor },
  ] as const;
  return [
    { id: "deploy", title: t("deploy"), icon: Rocket, words: "deploy new service", run: () => router.push("/services/new") },
    { id: "create-key", title: t("createKey"), icon: CirclePlus, words: "create new api key", run: () => router.push("/keys?create=1") },
    ...themes.map(({ theme, icon }) => ({
      id: `theme-${theme}`,
      title: t(`theme.${theme}`),
      icon,
      words: `theme ${theme} mode`,
      run: () => setTheme(theme),
    })),
    ...languages
      .filter(({ id }) => id !== locale)
      .map(({ id, name }) => ({
        id: `language-${id}`,
        title: t("language", { name }),
        icon: Languages,
        words: `language chinese english ${name.toLowerCase()}`,
        run: () => chooseLanguage(id),
      })),
    { id: "sign-out", title: t("signOut"), icon: LogOut, words: "sign out log out", run: () => signOut.mutate() },
  ];
}

/** Those that hold every word of a text, in title or in their other words. */
export function matching(commands: PaletteCommand[], text: string): PaletteCommand[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => words.every((word) => `${command.title.toLowerCase()} ${command.words}`.includes(word)));
}
