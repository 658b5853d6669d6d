import type { Page } from "@playwright/test";

/** What the screens show; made by seed.ts. */
export interface Seeded {
  running: string;
  failed: string;
  stopped: string;
  key: string;
  conversation: string;
}

export interface Screen {
  /** Name of its file. */
  name: string;
  path: (seeded: Seeded) => string;
  /** Whether it is for those who have not signed in. */
  visitor?: boolean;
  /** Brings what is to be seen onto the page, after it has come to rest; by roles and places, because words differ by language. */
  open?: (page: Page, seeded: Seeded) => Promise<void>;
}

function page(name: string, path: string): Screen {
  return { name, path: () => path };
}

function door(name: string, path: string): Screen {
  return { name, path: () => path, visitor: true };
}

async function pressed(page: Page, keys: string, text = ""): Promise<void> {
  await page.keyboard.press(keys);
  await page.getByRole("dialog").waitFor();
  if (text) await page.keyboard.type(text);
}

async function found(page: Page): Promise<void> {
  await pressed(page, "Control+k", "tr");
  await page.getByRole("option", { name: /translate-prod/ }).waitFor();
}

/** The menu at the right of the row that holds `name`, and in it the entry of that number. */
async function chooseInRow(page: Page, name: string, entry: number): Promise<void> {
  const row = page.getByRole("row").filter({ hasText: name }).first();
  await row.getByRole("button").last().click();
  await page.getByRole("menuitem").nth(entry).click();
  await page.getByRole("dialog").waitFor();
}

const serviceTabs = ["overview", "logs", "metrics", "billing", "api"];
const settingsTabs = ["profile", "sign-in", "preferences", "sessions", "delete"];
const chapters = ["", "/models", "/services", "/keys", "/errors", "/pricing", "/questions"];

/** Every screen of the console, in the order of its navigation. */
export const screens: Screen[] = [
  door("sign-in", "/sign-in"),
  door("sign-up", "/sign-up"),
  door("forgot-password", "/forgot-password"),
  door("reset-password", "/reset-password?token=none"),
  page("models", "/models"),
  page("model", "/models/hydra-tiny"),
  page("model-api", "/models/hydra-tiny?tab=api"),
  page("model-missing", "/models/none"),
  page("playground", "/playground?conversation=new&model=public/hydra-tiny"),
  { name: "playground-conversation", path: ({ conversation }) => conversation },
  page("playground-image", "/playground/image"),
  page("services", "/services"),
  page("services-no-match", "/services?search=zzzz"),
  ...serviceTabs.map((tab): Screen => ({ name: `service-${tab}`, path: ({ running }) => `/services/${running}?tab=${tab}` })),
  { name: "service-failed", path: ({ failed }) => `/services/${failed}` },
  { name: "service-stopped", path: ({ stopped }) => `/services/${stopped}` },
  { name: "service-scale", path: () => "/services", open: (at) => chooseInRow(at, "translate-prod", 0) },
  page("service-missing", "/services/none"),
  page("deploy", "/services/new?model=hydra-tiny"),
  page("keys", "/keys"),
  { name: "key", path: ({ key }) => `/keys/${key}` },
  { name: "key-create", path: () => "/keys?create=1", open: (at) => at.getByRole("dialog").waitFor() },
  page("pricing", "/pricing"),
  ...chapters.map((chapter) => page(`docs${chapter.replace("/", "-")}`, `/docs${chapter}`)),
  ...settingsTabs.map((tab) => page(`settings-${tab}`, `/settings?tab=${tab}`)),
  { name: "palette", path: () => "/models", open: (at) => pressed(at, "Control+k") },
  { name: "palette-found", path: () => "/models", open: found },
  page("not-found", "/nothing-here"),
];
