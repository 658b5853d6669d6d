import type { Browser, Page } from "@playwright/test";
import { engineProcesses, expect, type Installation, newAccount, newService, test } from "./fixtures.ts";
import { setVisible, type Watched, watchStream } from "./live-stream.ts";
import { startSecondConsole } from "./second-console.ts";

/** Longer than the pace at which a page asks that is not told. */
const restMs = 16_000;
/** A whole round of the slow asking, and what an answer takes. */
const slowMs = 13_000;

/** A page that shows something, told of what changes in it, after its first reading. */
async function openLive(page: Page, path: string): Promise<Watched> {
  const watched = await watchStream(page);
  await page.goto(path);
  await expect.poll(watched.kinds).toContain("ready");
  await page.waitForLoadState("networkidle");
  return watched;
}

/** Until what the deployer has written about a new service has arrived. */
async function untilAtRest(watched: Watched): Promise<void> {
  await expect
    .poll(
      async () => {
        watched.forget();
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        return watched.requests();
      },
      { timeout: 40_000, intervals: [0] },
    )
    .toEqual([]);
}

function kill(serviceId: string): void {
  const [pid] = engineProcesses(serviceId);
  expect(pid).toBeDefined();
  process.kill(Number(pid), "SIGKILL");
}

async function stranger(browser: Browser, installation: Installation): Promise<Page> {
  const context = await browser.newContext({ baseURL: installation.consoleUrl });
  const page = await context.newPage();
  await newAccount(page, installation);
  return page;
}

test("while nothing changes, nothing is asked; a killed instance shows on list, page and log at once", async ({
  page,
  context,
  account: _,
  installation,
}) => {
  test.setTimeout(120_000);
  const { id } = await newService(page, installation, "resting");
  const [detail, logs, catalog, playground] = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  if (!detail || !logs || !catalog || !playground) throw new Error("no pages");
  const all = [
    await openLive(page, "/services"),
    await openLive(detail, `/services/${id}`),
    await openLive(logs, `/services/${id}?tab=logs`),
    await openLive(catalog, "/models"),
    await openLive(playground, "/playground?conversation=new&model=public/hydra-tiny"),
  ];
  const rest = () => all.map((watched) => watched.requests().filter((path) => !path.endsWith("/lines")));
  await Promise.all(all.map(untilAtRestBut("/lines")));
  for (const watched of all) watched.forget();
  const shownAt = await detail.getByText(/^Updated /).textContent();
  await page.waitForTimeout(restMs);
  expect(rest()).toEqual(all.map(() => []));
  expect(all.map((watched) => watched.open())).toEqual(all.map(() => 1));
  expect(await detail.getByText(/^Updated /).textContent(), "when it was last heard of").not.toBe(shownAt);

  const row = page.getByRole("row").filter({ hasText: "resting" });
  await expect(row).toContainText("Running");
  kill(id);
  const within = { timeout: 2_000 };
  await Promise.all([
    expect(row).not.toContainText("Running", within),
    expect(detail.getByRole("table", { name: "Instances" }).getByRole("row").last()).not.toContainText("Ready", within),
    expect(logs.getByRole("option", { name: /ended/ })).toHaveCount(1, within),
  ]);
  await expect(row).toContainText("Running", { timeout: 15_000 });
  expect(all[3]?.requests(), "the catalog shows no services of one's own").toEqual([]);
});

/** As {@link untilAtRest}, for a page that goes on asking for one thing. */
function untilAtRestBut(end: string): (watched: Watched) => Promise<void> {
  return (watched) => untilAtRest({ ...watched, requests: () => watched.requests().filter((path) => !path.endsWith(end)) });
}

test("what happens in another workspace sends nothing", async ({ page, account: _, browser, installation }) => {
  const { id } = await newService(page, installation, "private");
  const other = await stranger(browser, installation);
  const [mine, theirs] = [await openLive(page, "/services"), await openLive(other, "/services")];
  await Promise.all([untilAtRest(mine), untilAtRest(theirs)]);
  kill(id);
  await expect.poll(mine.kinds).toContain("changed");
  await other.waitForTimeout(3_000);
  expect([theirs.kinds().filter((kind) => kind !== "beat"), theirs.requests()]).toEqual([[], []]);
  await other.context().close();
});

test("a tab holds one stream, from page to page; hidden it holds none, and reads once when it is seen again", async ({
  page,
  account: _,
  installation,
}) => {
  await newService(page, installation, "unseen");
  const watched = await openLive(page, "/services");
  await untilAtRest(watched);
  await page.getByRole("link", { name: "unseen", exact: true }).click();
  await expect(page.getByRole("heading", { name: "unseen", level: 1 })).toBeVisible();
  await page.waitForTimeout(1_500);
  expect([watched.open(), watched.kinds().includes("ready")]).toEqual([1, false]);

  await setVisible(page, false);
  await expect.poll(watched.open).toBe(0);
  watched.forget();
  await page.waitForTimeout(slowMs);
  expect([watched.open(), watched.requests()]).toEqual([0, []]);
  await setVisible(page, true);
  await expect.poll(watched.kinds).toContain("ready");
  await untilAtRest(watched);
  expect(watched.open()).toBe(1);

  await page.getByRole("link", { name: "API keys" }).first().click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await expect.poll(watched.open, { message: "a page that shows no services" }).toBe(0);
});

test.describe("without a stream", () => {
  test.use({ expectedErrors: [/^Failed to load resource/] });

  test("a page goes on by asking, and is told again once the stream is back", async ({ page, account: _, installation }) => {
    test.setTimeout(120_000);
    const { id } = await newService(page, installation, "cut-off");
    const watched = await watchStream(page);
    await page.route("/api/events", (route) => route.abort("connectionfailed"));
    await page.goto(`/services/${id}`);
    const instance = page.getByRole("table", { name: "Instances" }).getByRole("row").last();
    await expect(instance).toContainText("Ready");
    await page.waitForTimeout(3_000);
    kill(id);
    // Its restart is counted for good; the moment between may fall between two readings.
    await expect(instance.getByRole("cell").nth(4)).toHaveText("Restarts1", { timeout: slowMs });
    expect(watched.kinds()).toEqual([]);
    watched.forget();
    await expect.poll(watched.requests, { timeout: slowMs }).not.toEqual([]);
    await page.unroute("/api/events");
    await expect.poll(watched.kinds, { timeout: 40_000 }).toContain("ready");
    await untilAtRest(watched);
  });

  test("a session that was ended elsewhere hears no more", async ({ page, account, installation }) => {
    const watched = await openLive(page, "/services");
    const headers = { origin: installation.consoleUrl, "content-type": "application/json" };
    const { email, password } = account;
    const answer = await fetch(`${installation.consoleUrl}/api/session`, {
      method: "POST",
      body: JSON.stringify({ email, password }),
      headers,
    });
    const cookie = answer.headers
      .getSetCookie()
      .map((text) => text.split(";")[0])
      .join("; ");
    const ended = await fetch(`${installation.consoleUrl}/api/sessions`, { method: "DELETE", headers: { ...headers, cookie } });
    expect(ended.ok).toBe(true);
    await expect.poll(watched.open, { timeout: 20_000 }).toBe(0);
    const refused = await page.request.get("/api/events");
    expect(refused.status()).toBe(401);
  });
});

test("a console that is asked to stop ends its streams and does not wait for them", async ({ page, account: _, installation }) => {
  const second = await startSecondConsole(installation, {});
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${second.url}/api/events`, { headers: { cookie: cookies } });
  expect([stream.status, stream.headers.get("content-type"), stream.headers.get("x-accel-buffering")]).toEqual([
    200,
    "text/event-stream; charset=utf-8",
    "no",
  ]);
  const read = stream.text();
  const start = performance.now();
  await second.stop();
  expect(performance.now() - start).toBeLessThan(700);
  expect(await read).toContain('data: {"kind":"');
});
