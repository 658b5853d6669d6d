"use client";

import { useTranslations } from "next-intl";
import { Tabs } from "radix-ui";
import { Page } from "#components/ui/page.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { Me, OfferedProvider } from "#lib/contracts/account.ts";
import { DeleteTab } from "./delete-tab.tsx";
import { PreferencesTab } from "./preferences-tab.tsx";
import { ProfileTab } from "./profile-tab.tsx";
import { SessionsTab } from "./sessions-tab.tsx";
import { SignInTab } from "./sign-in-tab.tsx";

const tabs = ["profile", "sign-in", "preferences", "sessions", "delete"] as const;
type Tab = (typeof tabs)[number];

interface SettingsPageProps {
  me: Me;
  providers: OfferedProvider[];
}

/** The account: which tab is open stands in the address. */
export function SettingsPage({ me, providers }: SettingsPageProps) {
  const t = useTranslations("settings");
  const [params, setParams] = useUrlState();
  const tab = tabs.find((one) => one === params.get("tab")) ?? "profile";
  // What came back from a provider is said once, on the tab that it came back to.
  const open = (next: string) => setParams({ tab: next === "profile" ? null : next, error: null, connected: null });
  return (
    <Page title={t("title")} purpose={{ page: "settings", text: t("description") }}>
      <Tabs.Root value={tab} onValueChange={open} className="flex min-w-0 flex-col gap-5">
        <div className="-mx-4 overflow-x-auto px-4 [scrollbar-width:none] md:mx-0 md:px-0">
          <Tabs.List aria-label={t("title")} className="flex w-max min-w-full gap-4 border-b sm:gap-5">
            {tabs.map((name) => (
              <Tabs.Trigger
                key={name}
                value={name}
                ref={name === tab ? intoView : null}
                className="-mb-px h-9 scroll-mx-4 whitespace-nowrap border-transparent border-b-2 font-medium text-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:text-ink"
              >
                {t(`tabs.${name}`)}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
        </div>
        {tabs.map((name) => (
          <Tabs.Content key={name} value={name} tabIndex={-1} className="flex min-w-0 max-w-3xl flex-col gap-5 focus:outline-none">
            <Content tab={name} me={me} providers={providers} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </Page>
  );
}

/** Five tabs are wider than a phone. */
function intoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function Content({ tab, me, providers }: SettingsPageProps & { tab: Tab }) {
  if (tab === "profile") return <ProfileTab me={me} />;
  if (tab === "sign-in") return <SignInTab providers={providers} />;
  if (tab === "preferences") return <PreferencesTab />;
  if (tab === "sessions") return <SessionsTab />;
  return <DeleteTab email={me.email} />;
}
