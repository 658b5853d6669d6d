import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Logo } from "#components/shell/logo.tsx";
import { LanguageMenu, ThemeMenu } from "#components/shell/preferences.tsx";

export default async function AuthLayout({ children }: { children: ReactNode }) {
  const t = await getTranslations("auth");
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-14 items-center justify-end gap-1 px-3">
        <LanguageMenu />
        <ThemeMenu />
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col gap-6 px-4 pt-[8vh] pb-12">
        <div className="flex items-center gap-2.5 font-semibold text-[17px]">
          <Logo className="size-6 text-accent" />
          Hydra
        </div>
        {children}
        <p className="text-label text-muted">{t("about")}</p>
      </main>
    </div>
  );
}
