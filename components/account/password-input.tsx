"use client";

import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, useState } from "react";
import { Input } from "#components/ui/field.tsx";

/** A password field whose text can be looked at. */
export function PasswordInput(props: Omit<ComponentProps<typeof Input>, "type">) {
  const t = useTranslations("auth");
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="relative flex">
      <Input {...props} type={shown ? "text" : "password"} spellCheck={false} autoCapitalize="none" className="pr-10" />
      <button
        type="button"
        aria-pressed={shown}
        aria-label={t("showText")}
        title={t(shown ? "hideText" : "showText")}
        onClick={() => setShown(!shown)}
        className="absolute top-0 right-0 grid h-full w-9 place-items-center rounded-control text-muted hover:text-ink"
      >
        <Icon className="size-4" strokeWidth={1.75} aria-hidden />
      </button>
    </span>
  );
}
