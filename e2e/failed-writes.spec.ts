import type { Locator, Page } from "@playwright/test";
import { type Fault, faults, type Words, words } from "./failed-requests.ts";
import { type Account, expect, type Installation, newService, test } from "./fixtures.ts";

/** What a change needs to know about where it is made. */
interface Place {
  page: Page;
  account: Account;
  installation: Installation;
  say: Words;
}

/** One thing that a reader can have done: all up to the last press, the press, and what shows that it was done. */
interface Change {
  name: string;
  /** Method and path of the request that fails. */
  request: [string, RegExp];
  /** Goes to the page, fills in what there is to fill in. */
  begin: (place: Place) => Promise<void>;
  press: (place: Place) => Promise<void>;
  /** What was typed or chosen, which a failure must not lose. */
  typed?: (place: Place) => [Locator, string][];
  done: (place: Place) => Promise<void>;
}

const button = ({ page, say }: Place, name: string) => page.getByRole("button", { name: say(name), exact: true });
const inDialog = ({ page, say }: Place, name: string) => page.getByRole("dialog").getByRole("button", { name: say(name), exact: true });
const field = ({ page, say }: Place, name: string) => page.getByRole("textbox", { name: say(name), exact: true });
const closed = ({ page }: Place) => expect(page.getByRole("dialog")).toHaveCount(0);

async function made(place: Place, path: string, data: object): Promise<string> {
  const answer = await place.page.request.post(path, { data, headers: { origin: place.installation.consoleUrl } });
  expect(answer.ok()).toBe(true);
  return ((await answer.json()) as { id: string }).id;
}

async function openKey(place: Place): Promise<void> {
  await place.page.goto(`/keys/${await made(place, "/api/api-keys", { name: "faulty" })}`);
}

async function openService(place: Place): Promise<void> {
  const { id } = await newService(place.page, place.installation, "faulty");
  await place.page.goto(`/services/${id}`);
}

/** The menu of the only conversation. */
async function openConversationMenu(place: Place, entry: string): Promise<void> {
  const { page, say } = place;
  await made(place, "/api/conversations", { title: "Faulty", accessName: "public/hydra-tiny" });
  await page.goto("/playground?conversation=new&model=public/hydra-tiny");
  await page.getByRole("button", { name: say("playground.conversationMenu").replace("{title}", "Faulty") }).click();
  await page.getByRole("menuitem", { name: say(entry) }).click();
}

const changes: Change[] = [
  {
    name: "signing in",
    request: ["POST", /^\/api\/session$/],
    begin: async (place) => {
      const { page, account } = place;
      await page.context().clearCookies({ name: /-session$/ });
      await page.goto("/sign-in");
      await field(place, "auth.email").fill(account.email);
      await page.getByLabel(place.say("auth.password"), { exact: true }).fill(account.password);
    },
    press: (place) => button(place, "auth.signIn").click(),
    typed: (place) => [
      [field(place, "auth.email"), place.account.email],
      [place.page.getByLabel(place.say("auth.password"), { exact: true }), place.account.password],
    ],
    done: ({ page }) => expect(page).toHaveURL(/\/models$/),
  },
  {
    name: "signing up",
    request: ["POST", /^\/api\/account$/],
    begin: async (place) => {
      const { page, account } = place;
      await page.context().clearCookies({ name: /-session$/ });
      await page.goto("/sign-up");
      await field(place, "auth.email").fill(`new-${account.email}`);
      await page.getByLabel(place.say("auth.password"), { exact: true }).fill(account.password);
    },
    press: (place) => button(place, "auth.signUp").click(),
    typed: (place) => [[field(place, "auth.email"), `new-${place.account.email}`]],
    done: ({ page }) => expect(page).toHaveURL(/\/models$/),
  },
  {
    name: "signing out",
    request: ["DELETE", /^\/api\/session$/],
    begin: ({ page }) => page.goto("/docs").then(() => {}),
    press: async (place) => {
      await button(place, "shell.account").click();
      await place.page.getByRole("menuitem", { name: place.say("shell.signOut") }).click();
    },
    done: ({ page }) => expect(page).toHaveURL(/\/sign-in/),
  },
  {
    name: "one's name",
    request: ["PATCH", /^\/api\/me$/],
    begin: async (place) => {
      await place.page.goto("/settings");
      await place.page.waitForLoadState("networkidle");
      await field(place, "settings.name").fill("Ann Example");
    },
    press: (place) => button(place, "settings.save").click(),
    typed: (place) => [[field(place, "settings.name"), "Ann Example"]],
    done: ({ page, say }) => expect(page.getByText(say("settings.profileSaved"))).toBeVisible(),
  },
  {
    name: "the password",
    request: ["POST", /^\/api\/account\/password$/],
    begin: async (place) => {
      await place.page.goto("/settings?tab=sign-in");
      await place.page.getByLabel(place.say("settings.currentPassword"), { exact: true }).fill(place.account.password);
      await place.page.getByLabel(place.say("auth.newPassword"), { exact: true }).fill("a new password");
    },
    press: (place) => button(place, "settings.changePassword").click(),
    typed: ({ page, say }) => [[page.getByLabel(say("auth.newPassword"), { exact: true }), "a new password"]],
    done: ({ page, say }) => expect(page.getByText(say("settings.passwordChanged"))).toBeVisible(),
  },
  {
    name: "ending other sessions",
    request: ["DELETE", /^\/api\/sessions$/],
    begin: async ({ page, account, installation }) => {
      const data = { email: account.email, password: account.password };
      const other = await fetch(`${installation.consoleUrl}/api/session`, {
        method: "POST",
        body: JSON.stringify(data),
        headers: { "content-type": "application/json", origin: installation.consoleUrl },
      });
      expect(other.status).toBe(204);
      await page.goto("/settings?tab=sessions");
    },
    press: (place) => button(place, "settings.endOthers").click(),
    done: ({ page, say }) => expect(page.getByText(say("settings.othersEnded"))).toBeVisible(),
  },
  {
    name: "deleting the account",
    request: ["DELETE", /^\/api\/account$/],
    begin: async (place) => {
      await place.page.goto("/settings?tab=delete");
      await button(place, "settings.deleteAccount").click();
      await place.page.getByRole("dialog").getByRole("textbox").fill(place.account.email);
    },
    press: (place) => inDialog(place, "settings.deleteAccount").click(),
    typed: ({ page, account }) => [[page.getByRole("dialog").getByRole("textbox"), account.email]],
    done: ({ page }) => expect(page).toHaveURL(/\/sign-in/),
  },
  {
    name: "creating a key",
    request: ["POST", /^\/api\/api-keys$/],
    begin: async (place) => {
      await place.page.goto("/keys?create=1");
      await field(place, "keys.name").fill("kept");
    },
    press: (place) => inDialog(place, "keys.create").click(),
    typed: (place) => [[field(place, "keys.name"), "kept"]],
    done: ({ page, say }) => expect(page.getByRole("dialog", { name: say("keys.createdTitle") })).toBeVisible(),
  },
  {
    name: "editing a key",
    request: ["PATCH", /^\/api\/api-keys\//],
    begin: async (place) => {
      await openKey(place);
      await button(place, "keys.edit").click();
      await field(place, "keys.name").fill("renamed");
    },
    press: (place) => inDialog(place, "keys.save").click(),
    typed: (place) => [[field(place, "keys.name"), "renamed"]],
    done: ({ page }) => expect(page.getByRole("heading", { name: "renamed", level: 1 })).toBeVisible(),
  },
  {
    name: "disabling a key",
    request: ["POST", /\/disable$/],
    begin: openKey,
    press: (place) => button(place, "keys.disable").click(),
    done: (place) => expect(button(place, "keys.enable")).toBeVisible(),
  },
  {
    name: "rotating a key",
    request: ["POST", /\/rotate$/],
    begin: async (place) => {
      await openKey(place);
      await button(place, "keys.rotate").click();
      await place.page.getByLabel(place.say("keys.grace")).selectOption("60");
    },
    press: (place) => inDialog(place, "keys.rotate").click(),
    typed: ({ page, say }) => [[page.getByLabel(say("keys.grace")), "60"]],
    done: ({ page, say }) => expect(page.getByRole("dialog", { name: say("keys.createdTitle") })).toBeVisible(),
  },
  {
    name: "deleting a key",
    request: ["DELETE", /^\/api\/api-keys\//],
    begin: async (place) => {
      await openKey(place);
      await button(place, "keys.delete").click();
    },
    press: (place) => inDialog(place, "keys.delete").click(),
    done: closed,
  },
  {
    name: "deploying",
    request: ["POST", /^\/api\/services$/],
    begin: async (place) => {
      await place.page.goto("/services/new?model=hydra-tiny");
      await place.page.waitForLoadState("networkidle");
      await field(place, "services.serviceName").fill("kept-name");
    },
    press: (place) => button(place, "services.deploy").click(),
    typed: (place) => [[field(place, "services.serviceName"), "kept-name"]],
    done: ({ page }) => expect(page.getByRole("heading", { name: "kept-name", level: 1 })).toBeVisible(),
  },
  {
    name: "scaling",
    request: ["POST", /\/scale$/],
    begin: async (place) => {
      await openService(place);
      await button(place, "services.scale").click();
      await place.page.getByLabel(place.say("services.numberToAdd")).fill("1");
    },
    press: (place) => inDialog(place, "services.confirm").click(),
    typed: ({ page, say }) => [[page.getByLabel(say("services.numberToAdd")), "1"]],
    done: closed,
  },
  {
    name: "stopping",
    request: ["POST", /\/stop$/],
    begin: async (place) => {
      await openService(place);
      await button(place, "services.stop").click();
    },
    press: (place) => inDialog(place, "services.stop").click(),
    done: closed,
  },
  {
    name: "starting",
    request: ["POST", /\/start$/],
    begin: async (place) => {
      await openService(place);
      await button(place, "services.stop").click();
      await inDialog(place, "services.stop").click();
      await expect(button(place, "services.start")).toBeVisible({ timeout: 20_000 });
    },
    press: (place) => button(place, "services.start").click(),
    done: (place) => expect(button(place, "services.stop")).toBeVisible(),
  },
  {
    name: "deleting a service",
    request: ["DELETE", /^\/api\/services\//],
    begin: async (place) => {
      await openService(place);
      await button(place, "services.delete").click();
      await place.page.getByRole("dialog").getByRole("textbox").fill("faulty");
    },
    press: (place) => inDialog(place, "services.delete").click(),
    typed: ({ page }) => [[page.getByRole("dialog").getByRole("textbox"), "faulty"]],
    done: closed,
  },
  {
    name: "renaming a conversation",
    request: ["PATCH", /^\/api\/conversations\//],
    begin: async (place) => {
      await openConversationMenu(place, "playground.rename");
      await field(place, "playground.conversationTitle").fill("Kept title");
    },
    press: (place) => inDialog(place, "playground.rename").click(),
    typed: (place) => [[field(place, "playground.conversationTitle"), "Kept title"]],
    done: closed,
  },
  {
    name: "deleting a conversation",
    request: ["DELETE", /^\/api\/conversations\//],
    begin: (place) => openConversationMenu(place, "playground.delete"),
    press: (place) => inDialog(place, "playground.delete").click(),
    done: closed,
  },
  {
    name: "keeping a preset",
    request: ["POST", /^\/api\/presets$/],
    begin: async (place) => {
      await place.page.goto("/playground?conversation=new&model=public/hydra-tiny");
      await field(place, "playground.systemPrompt").fill("Be kind.");
      await button(place, "playground.savePreset").click();
      await field(place, "playground.presetName").fill("Kind");
    },
    press: (place) => inDialog(place, "playground.save").click(),
    typed: (place) => [[field(place, "playground.presetName"), "Kind"]],
    done: closed,
  },
  {
    name: "deleting a preset",
    request: ["DELETE", /^\/api\/presets\//],
    begin: async (place) => {
      await made(place, "/api/presets", { name: "Kind", systemPrompt: "Be kind." });
      await place.page.goto("/playground?conversation=new&model=public/hydra-tiny");
    },
    press: async ({ page, say }) => {
      await page.getByRole("button", { name: say("playground.presets"), exact: true }).click();
      await page.getByRole("menuitem", { name: say("playground.deletePreset").replace("{name}", "Kind") }).click();
    },
    done: async ({ page, say }) => {
      await page.getByRole("button", { name: say("playground.presets"), exact: true }).click();
      await expect(page.getByText(say("playground.noPresets"))).toBeVisible();
    },
  },
  {
    name: "the code of a conversation",
    request: ["POST", /^\/api\/trial\/code$/],
    begin: ({ page }) => page.goto("/playground?conversation=new&model=public/hydra-tiny").then(() => {}),
    press: async (place) => {
      const again = inDialog(place, "common.retry");
      await again.or(button(place, "playground.viewCode")).first().waitFor();
      await ((await again.count()) > 0 ? again : button(place, "playground.viewCode")).click();
    },
    done: ({ page }) => expect(page.getByRole("tabpanel", { name: "curl" })).toBeVisible(),
  },
];

// The browser itself reports every request that fails.
test.use({ expectedErrors: [/^Failed to load resource/] });

for (const [language, fault] of [
  ["en", "refused"],
  ["zh", "lost"],
] as const) {
  for (const change of changes) {
    test(`${change.name} that fails (${fault}) says so in ${language}, keeps what was typed, and goes well afterwards`, async ({
      page,
      account,
      installation,
    }) => {
      await page.context().addCookies([{ name: "hydra-locale", value: language, url: installation.consoleUrl }]);
      await fails(change, fault, { page, account, installation, say: words(language) });
    });
  }
}

async function fails(change: Change, fault: Fault, place: Place): Promise<void> {
  const { page, say } = place;
  const [method, path] = change.request;
  const matches = (url: URL) => path.test(url.pathname);
  await change.begin(place);
  await page.route(matches, (route) => (route.request().method() === method ? faults[fault](route) : route.continue()));
  await change.press(place);
  await expect(page.getByText(say(fault === "lost" ? "errors.network" : "errors.internal_error")).first()).toBeVisible();
  for (const [locator, value] of change.typed?.(place) ?? []) await expect(locator).toHaveValue(value);
  await page.unroute(matches);
  await change.press(place);
  await change.done(place);
}
