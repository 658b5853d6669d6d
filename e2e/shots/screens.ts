import type { Page } from "@playwright/test";
import { chooseInRow, found, openRowMenu, pressed, pressIcon, send } from "./steps.ts";

/** What the screens show; made by seed.ts. */
export interface Seeded {
  running: string;
  failed: string;
  stopped: string;
  key: string;
  conversation: string;
}

/** Who looks: the account that seed.ts filled, one that has nothing yet, or somebody who has not signed in. */
export type Viewer = "user" | "newcomer" | "visitor";
export const viewers: Viewer[] = ["visitor", "newcomer", "user"];

export interface Screen {
  /** Name of its file. */
  name: string;
  path: (seeded: Seeded) => string;
  viewer: Viewer;
  /** The only width it exists at. */
  width?: number;
  /** Brings what is to be seen onto the page, after it has come to rest. */
  open?: (page: Page) => Promise<void>;
  /** Takes back what `open` made. */
  close?: (page: Page) => Promise<void>;
}

type More = Pick<Screen, "width" | "open" | "close">;

function page(name: string, path: string | Screen["path"], more: More = {}): Screen {
  return { name, path: typeof path === "string" ? () => path : path, viewer: "user", ...more };
}

function door(name: string, path: string, more: More = {}): Screen {
  return { ...page(name, path, more), viewer: "visitor" };
}

function first(name: string, path: string): Screen {
  return { ...page(name, path), viewer: "newcomer" };
}

const phone = 390;
const newKey = "Shown once";
const talk = ({ conversation }: Seeded) => conversation;
const serviceTabs = ["overview", "logs", "metrics", "billing", "api"];
const settingsTabs = ["profile", "sign-in", "preferences", "sessions", "delete"];
const chapters = ["", "/models", "/services", "/keys", "/errors", "/pricing", "/questions"];

async function createKey(at: Page): Promise<void> {
  await send(at.getByRole("dialog"), newKey);
  await at.getByRole("dialog").locator("pre").first().waitFor();
}

async function deleteNewKey(at: Page): Promise<void> {
  const headers = { origin: new URL(at.url()).origin };
  const { items } = (await (await at.request.get("/api/api-keys")).json()) as { items: { id: string; name: string }[] };
  for (const { id, name } of items) if (name === newKey) await at.request.delete(`/api/api-keys/${id}`, { headers });
}

/** Every screen of the console, in the order of its navigation. */
export const screens: Screen[] = [
  door("sign-in", "/sign-in"),
  door("sign-in-wrong", "/sign-in", {
    open: async (at) => {
      await send(at.locator("form"), "lin@example.com", "not this one");
      await at.getByRole("alert").first().waitFor();
    },
  }),
  door("sign-up", "/sign-up"),
  door("forgot-password", "/forgot-password"),
  door("reset-password", "/reset-password?token=none"),
  first("services-first", "/services"),
  first("keys-first", "/keys"),
  first("playground-first", "/playground"),
  page("models", "/models"),
  page("model-add", "/models", { open: (at) => pressIcon(at, "plus") }),
  page("model", "/models/hydra-tiny"),
  page("model-api", "/models/hydra-tiny?tab=api"),
  page("model-missing", "/models/none"),
  page("playground", "/playground?conversation=new&model=public/hydra-tiny"),
  page("playground-conversation", talk),
  page("playground-models", talk, { open: (at) => pressIcon(at, "chevrons-up-down", "listbox") }),
  page("playground-code", talk, { open: (at) => pressIcon(at, "code") }),
  page("playground-history", talk, { width: phone, open: (at) => pressIcon(at, "history") }),
  page("playground-settings", talk, { width: phone, open: (at) => pressIcon(at, "sliders-horizontal") }),
  page("playground-image", "/playground/image"),
  page("services", "/services"),
  page("services-no-match", "/services?search=zzzz"),
  page("service-menu", "/services", { open: (at) => openRowMenu(at, "translate-prod") }),
  ...serviceTabs.map((tab) => page(`service-${tab}`, ({ running }) => `/services/${running}?tab=${tab}`)),
  page("service-failed", ({ failed }) => `/services/${failed}`),
  page("service-retry", ({ failed }) => `/services/${failed}`, { open: (at) => pressIcon(at, "rotate-cw") }),
  page("service-stopped", ({ stopped }) => `/services/${stopped}`),
  page("service-scale", "/services", { open: (at) => chooseInRow(at, "translate-prod", 0) }),
  page("service-stop", "/services", { open: (at) => chooseInRow(at, "translate-prod", 1) }),
  page("service-delete", "/services", { open: (at) => chooseInRow(at, "translate-prod", 2) }),
  page("service-missing", "/services/none"),
  page("deploy", "/services/new?model=hydra-tiny"),
  page("keys", "/keys"),
  page("key", ({ key }) => `/keys/${key}`),
  page("key-create", "/keys?create=1", { open: (at) => at.getByRole("dialog").waitFor() }),
  page("key-limits", "/keys?create=1", { open: (at) => at.getByRole("dialog").locator("summary").click() }),
  page("key-created", "/keys?create=1", { open: createKey, close: deleteNewKey }),
  page("key-menu", "/keys", { open: (at) => openRowMenu(at, "Support bot") }),
  page("key-rotate", "/keys", { open: (at) => chooseInRow(at, "Support bot", 1) }),
  page("key-delete", "/keys", { open: (at) => chooseInRow(at, "Support bot", 3) }),
  page("pricing", "/pricing"),
  ...chapters.map((chapter) => page(`docs${chapter.replace("/", "-")}`, `/docs${chapter}`)),
  ...settingsTabs.map((tab) => page(`settings-${tab}`, `/settings?tab=${tab}`)),
  page("palette", "/models", { open: (at) => pressed(at, "Control+k") }),
  page("palette-found", "/models", { open: found }),
  page("navigation", "/models", { width: phone, open: (at) => pressIcon(at, "menu") }),
  page("user-menu", "/models", { open: (at) => pressIcon(at, "circle-user-round", "menu") }),
  page("not-found", "/nothing-here"),
];
