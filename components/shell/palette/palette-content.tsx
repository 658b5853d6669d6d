"use client";

import { Command } from "cmdk";
import { Search, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { Dialog as Primitive } from "radix-ui";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { matching, type PaletteCommand, useActions, usePages } from "./commands.ts";
import { Entry, Group } from "./entry.tsx";
import { foundPlaces, placeIcon } from "./places.ts";
import { keepRecent, type Place, readRecent } from "./recent.ts";
import { useSearch } from "./requests.ts";

/** What the palette shows while it is open: nothing typed, the last places first. */
export function PaletteContent({ userId, onDone }: { userId: string; onDone: () => void }) {
  const t = useTranslations("palette");
  const router = useRouter();
  const [text, setText] = useState("");
  const [recent] = useState(() => readRecent(userId));
  const pages = matching(usePages(), text);
  const actions = matching(useActions(), text);
  const search = useSearch(text);
  const message = useErrorMessage();
  const typed = text.trim() !== "";
  const found = search.found ? foundPlaces(search.found, typed) : [];
  const count = pages.length + actions.length + found.reduce((sum, { places }) => sum + places.length, 0);
  const open = (place: Place) => {
    keepRecent(userId, place);
    onDone();
    router.push(place.href);
  };
  const run = (command: PaletteCommand) => {
    if (command.href) keepRecent(userId, { href: command.href, title: command.title, kind: "page" });
    onDone();
    command.run();
  };
  return (
    // Ctrl K closes it; the bindings of vi would move the choice with the same keys.
    <Command label={t("title")} shouldFilter={false} loop vimBindings={false} className="flex min-h-0 flex-col">
      <SearchLine text={text} onChange={setText} />
      <Command.List label={t("results")} className="min-h-0 scroll-py-2 overflow-y-auto overscroll-contain p-2">
        {!typed && recent.length > 0 ? (
          <Group heading={t("group.recent")}>
            {recent.map((place) => (
              <Entry
                key={place.href}
                id={`recent ${place.href}`}
                icon={placeIcon[place.kind]}
                title={place.title}
                onSelect={() => open(place)}
              />
            ))}
          </Group>
        ) : null}
        <Commands heading={t("group.pages")} commands={pages} onRun={run} />
        <Commands heading={t("group.actions")} commands={actions} onRun={run} />
        {found.map(({ group, places }) => (
          <Group key={group} heading={t(`group.${group}`)}>
            {places.map(({ note, code, ...place }) => (
              <Entry
                key={place.href}
                id={place.href}
                icon={placeIcon[place.kind]}
                {...{ note, code }}
                title={place.title}
                onSelect={() => open(place)}
              />
            ))}
          </Group>
        ))}
        {search.error ? (
          <p role="alert" className="px-2 py-3 text-bad text-table">
            {t("failed", { message: message(search.error) })}
          </p>
        ) : null}
        {typed && count === 0 && !search.error ? (
          <p className="px-2 py-8 text-center text-muted">{search.busy ? t("searching") : t("nothing", { text: text.trim() })}</p>
        ) : null}
      </Command.List>
      <p role="status" className="sr-only">
        {typed && !search.busy ? t("count", { count }) : ""}
      </p>
    </Command>
  );
}

function SearchLine({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const t = useTranslations("palette");
  const common = useTranslations("common");
  return (
    <div className="flex h-12 shrink-0 items-center gap-2.5 border-b pr-1.5 pl-4">
      <Search className="size-4 shrink-0 text-faint" strokeWidth={1.75} aria-hidden />
      <Command.Input
        value={text}
        onValueChange={onChange}
        maxLength={100}
        placeholder={t("placeholder")}
        className="h-full min-w-0 flex-1 bg-transparent text-[16px] outline-none placeholder:text-faint sm:text-[15px]"
      />
      <Primitive.Close asChild>
        <Button variant="ghost" size="icon" aria-label={common("close")}>
          <X aria-hidden />
        </Button>
      </Primitive.Close>
    </div>
  );
}

function Commands({ heading, commands, onRun }: { heading: string; commands: PaletteCommand[]; onRun: (command: PaletteCommand) => void }) {
  if (commands.length === 0) return null;
  return (
    <Group heading={heading}>
      {commands.map((command) => (
        <Entry key={command.id} id={`command ${command.id}`} icon={command.icon} title={command.title} onSelect={() => onRun(command)} />
      ))}
    </Group>
  );
}
