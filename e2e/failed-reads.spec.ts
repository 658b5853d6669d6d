import type { Locator, Page } from "@playwright/test";
import { type Fault, faults, type Words, words } from "./failed-requests.ts";
import { deleteServices, expect, newAccount, newService, test } from "./fixtures.ts";

/** What the shared account has, by id. */
interface Made {
  service: string;
  key: string;
  conversation: string;
}

/** A page of the console and every request for data that it makes: a new one must be added here. */
interface Row {
  path: (made: Made) => string;
  /** Paths of the requests; the balance in the user menu, which every page reads, is left out, and so is the stream of changes. */
  requests: (made: Made) => string[];
  /** What the server had read already, or the page holds by itself: it must stay. */
  keeps: string;
}

const rows: Row[] = [
  { path: () => "/models", requests: () => ["/api/models"], keeps: "DeepSeek-R1" },
  { path: () => "/models/hydra-tiny", requests: () => ["/api/models/hydra-tiny"], keeps: "public/hydra-tiny" },
  {
    path: () => "/playground?conversation=new&model=public/hydra-tiny",
    requests: () => ["/api/models", "/api/services", "/api/conversations", "/api/presets"],
    keeps: "",
  },
  {
    path: ({ conversation }) => `/playground?conversation=${conversation}`,
    requests: ({ conversation }) => [
      ...["/api/models", "/api/services", "/api/conversations", "/api/presets"],
      `/api/conversations/${conversation}`,
    ],
    keeps: "",
  },
  { path: () => "/playground/image", requests: () => ["/api/models", "/api/services"], keeps: "" },
  { path: () => "/services", requests: () => ["/api/services"], keeps: "faulty" },
  { path: () => "/services/new?model=hydra-tiny", requests: () => ["/api/services/check-name"], keeps: "cpu-small" },
  ...["overview", "logs", "metrics", "billing", "api"].map(
    (tab): Row => ({
      path: ({ service }) => `/services/${service}?tab=${tab}`,
      requests: ({ service }) => [`/api/services/${service}`, ...ofTab(tab, service)],
      keeps: "faulty",
    }),
  ),
  { path: () => "/keys", requests: () => ["/api/api-keys"], keeps: "faulty" },
  { path: ({ key }) => `/keys/${key}`, requests: ({ key }) => [`/api/api-keys/${key}`], keeps: "faulty" },
  { path: () => "/pricing", requests: () => ["/api/pricing"], keeps: "public/hydra-tiny" },
  { path: () => "/docs", requests: () => [], keeps: "curl" },
  { path: () => "/settings", requests: () => [], keeps: "@example.com" },
  { path: () => "/settings?tab=sign-in", requests: () => ["/api/account/sign-in-ways"], keeps: "" },
  { path: () => "/settings?tab=preferences", requests: () => [], keeps: "English" },
  { path: () => "/settings?tab=sessions", requests: () => ["/api/sessions"], keeps: "" },
  { path: () => "/settings?tab=delete", requests: () => ["/api/account/deletion"], keeps: "" },
];

function ofTab(tab: string, service: string): string[] {
  if (tab === "logs") return [`/api/services/${service}/runs`, "/lines"];
  return tab === "metrics" || tab === "billing" ? [`/api/services/${service}/${tab}`] : [];
}

/** Longer than any page waits until it reads again. */
const poll = "01:05";
const balance = "/api/me";
/** Tells what changes; without it pages ask by themselves. live.spec.ts looks at both. */
const events = "/api/events";

let made: Made;
let cookies: Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;

// The browser itself reports every request that fails.
test.use({ expectedErrors: [/^Failed to load resource/], keepServices: true });

test.beforeAll(async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.consoleUrl });
  const page = await context.newPage();
  await newAccount(page, installation);
  const headers = { origin: installation.consoleUrl };
  const idOf = async (path: string, data: object) => (await (await page.request.post(path, { data, headers })).json()) as { id: string };
  made = {
    service: (await newService(page, installation, "faulty")).id,
    key: (await idOf("/api/api-keys", { name: "faulty" })).id,
    conversation: (await idOf("/api/conversations", { title: "Faulty", accessName: "public/hydra-tiny" })).id,
  };
  cookies = await context.cookies();
  await context.close();
});

test.afterAll(async ({ browser, installation }) => {
  const context = await browser.newContext({ baseURL: installation.consoleUrl });
  await context.addCookies(cookies);
  await deleteServices(await context.newPage(), installation);
  await context.close();
});

test.beforeEach(async ({ page }) => {
  await page.context().addCookies(cookies);
  await page.clock.install();
  // Its beats stay away where the clock is moved on, and each new stream would be another try at once.
  await page.route(events, (route) => route.abort("connectionfailed"));
});

for (const [language, fault] of [
  ["en", "refused"],
  ["zh", "lost"],
] as const) {
  for (const row of rows) {
    const name = row.path({ service: "[id]", key: "[id]", conversation: "[id]" });
    test(`${name}: each request that fails (${fault}) is said in ${language}, and another try helps`, async ({ page, installation }) => {
      test.slow();
      await page.context().addCookies([{ name: "hydra-locale", value: language, url: installation.consoleUrl }]);
      const say = words(language);
      const requests = row.requests(made);
      // The balance in the user menu is the same one on every page.
      for (const request of requests.length > 0 ? requests : [balance]) {
        await test.step(request, () => fails({ page, row, request, fault, say }));
      }
    });
  }
}

test("who is no longer signed in is led to sign in, and back", async ({ page }) => {
  await page.goto("/services?search=faulty");
  const error = { code: "sign_in_required", message: "", param: null, data: {}, requestId: "req_fault" };
  await page.route("**/api/services?**", (route) => route.fulfill({ status: 401, json: { error } }));
  const alert = page.getByRole("alert").filter({ hasText: "Your session has ended. Sign in again." });
  await expect(async () => {
    await page.clock.fastForward(poll);
    await expect(alert).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 25_000 });
  await page.context().clearCookies({ name: /-session$/ });
  await alert.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/sign-in?next=%2Fservices%3Fsearch%3Dfaulty");
});

test("no page reads anything that is not in the table", async ({ page }) => {
  test.slow();
  for (const row of rows) {
    const seen = new Set<string>();
    page.removeAllListeners("request");
    // The page before may still be reading.
    await page.goto("about:blank");
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "GET" && pathname.startsWith("/api/") && pathname !== balance && pathname !== events)
        seen.add(pathname.replace(/.*\/lines$/, "/lines"));
    });
    await page.goto(row.path(made));
    await expect(async () => {
      await page.clock.fastForward(poll);
      expect([...seen].sort(), row.path(made)).toEqual([...new Set(row.requests(made))].sort());
    }).toPass({ timeout: 20_000 });
  }
});

interface Failing {
  page: Page;
  row: Row;
  request: string;
  fault: Fault;
  say: Words;
}

async function fails({ page, row, request, fault, say }: Failing): Promise<void> {
  const matches = (url: URL) => (request === "/lines" ? url.pathname.endsWith(request) : url.pathname === request);
  await page.route(matches, (route) => (route.request().method() === "GET" ? faults[fault](route) : route.continue()));
  await page.goto(row.path(made));
  const { shown, retry } = placeOf(request, page, say, fault);
  await expect(async () => {
    await page.clock.fastForward(poll);
    await openIfShut(request, page, say);
    await expect(shown.first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 25_000 });
  await expect(page.getByRole("navigation").first()).toBeAttached();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveCount(0);
  if (row.keeps) await expect(page.getByText(row.keeps).first()).toBeAttached();
  await page.unroute(matches);
  await retry();
  await expect(shown).toHaveCount(0);
  await page.keyboard.press("Escape");
}

/** Where the page says that a request failed, and what tries it again. */
function placeOf(request: string, page: Page, say: Words, fault: Fault): { shown: Locator; retry: () => Promise<void> } {
  const sentence = say(fault === "lost" ? "errors.network" : "errors.internal_error");
  const alert = page.getByRole("alert").filter({ hasText: sentence });
  if (request === balance || request === "/api/presets") {
    return { shown: alert, retry: () => page.getByRole("menuitem", { name: say("common.retry") }).click() };
  }
  if (request === "/api/services/check-name") {
    // Typing on is the other try.
    const field = page.getByRole("textbox", { name: say("services.serviceName") });
    return { shown: page.getByText(sentence), retry: () => field.fill("another-name") };
  }
  return {
    shown: alert,
    retry: () =>
      alert
        .getByRole("button", { name: say("common.retry") })
        .first()
        .click(),
  };
}

async function openIfShut(request: string, page: Page, say: Words): Promise<void> {
  const button = request === balance ? say("shell.account") : request === "/api/presets" ? say("playground.presets") : null;
  if (button && (await page.getByRole("menu").count()) === 0) await page.getByRole("button", { name: button, exact: true }).click();
}
