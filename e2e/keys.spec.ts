import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, newAccount, newKey, test } from "./fixtures.ts";

const run = promisify(execFile);

// The browser itself reports every refused request.
test.use({ expectedErrors: [/status of (400|404|503)/] });

interface MadeKey {
  id: string;
  key: string;
}

async function makeKey(page: Page, origin: string, data: object = { name: "e2e" }): Promise<MadeKey> {
  const made = await page.request.post("/api/api-keys", { data, headers: { origin } });
  expect(made.ok()).toBe(true);
  return (await made.json()) as MadeKey;
}

/** What the gateway answers to a call with the key. */
async function callStatus(gatewayUrl: string, key: string): Promise<number> {
  return (await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
}

test("a key with limits: made, shown once, its command runs as pasted, and the gateway holds its limits", async ({
  page,
  account: _,
  installation,
}) => {
  await page.goto("/keys");
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("limited");
  await dialog.getByText("What it may do").click();
  await dialog.getByLabel("Only these").check();
  await dialog.getByRole("checkbox", { name: /public\/hydra-tiny/ }).check();
  await dialog.getByLabel("Requests per minute").fill("1,000");
  await dialog.getByLabel(/Budget per day/).fill("12.50");
  await dialog.getByRole("button", { name: "Create key" }).click();
  const key = (await dialog.locator("code").first().textContent()) ?? "";
  expect(key).toMatch(/^sk-hy-[0-9A-Za-z]{38}$/);
  const command = (await dialog.getByRole("region", { name: "Try it in your terminal" }).locator("pre").textContent()) ?? "";
  const { stdout } = await run("sh", ["-c", command]);
  expect(JSON.parse(stdout)).toMatchObject({ model: "public/hydra-tiny", choices: [{ finish_reason: expect.any(String) }] });
  const described = await fetch(`${installation.gatewayUrl}/v1/key`, { headers: { authorization: `Bearer ${key}` } });
  expect(await described.json()).toMatchObject({ allowed_models: ["public/hydra-tiny"] });

  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(dialog).toBeHidden();
  await page.reload();
  await expect(page.getByRole("row", { name: /limited/ })).toContainText("1 model · 1,000 requests/min · ¥12.50/day");
  expect(await page.content()).not.toContain(key);
});

test("a wrong limit is focused and told, and nothing typed is lost", async ({ page, account: _ }) => {
  await page.goto("/keys");
  await page.getByRole("button", { name: "Create key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("typo");
  await dialog.getByText("What it may do").click();
  await dialog.getByLabel("Tokens per minute").fill("many");
  await dialog.getByText("What it may do").click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByLabel("Tokens per minute")).toBeFocused();
  await dialog.getByLabel("Tokens per minute").fill("");
  await dialog.getByLabel("Addresses").fill("10.0.0.0/8\n10.1");
  // Esc must not throw away what was typed.
  await page.keyboard.press("Escape");
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("typo");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByLabel("Addresses")).toBeFocused();
  await expect(dialog.getByText("10.1 is no IP address such as")).toBeVisible();
  await expect(dialog.getByLabel("Addresses")).toHaveValue("10.0.0.0/8\n10.1");
});
test("disabling, enabling and deleting hold at the gateway as soon as they are told", async ({ page, account: _, installation }) => {
  const { id, key } = await makeKey(page, installation.consoleUrl);
  const status = () => callStatus(installation.gatewayUrl, key);
  await page.goto(`/keys/${id}`);
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByText("e2e is disabled. Calls with it are refused.")).toBeVisible();
  expect(await status()).toBe(401);
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByText("e2e works again.")).toBeVisible();
  expect(await status()).toBe(200);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "e2e was deleted" })).toBeVisible();
  expect(await status()).toBe(401);
});

test("a key is rotated: both work, the old one's last use is shown, and its grace is ended", async ({ page, account: _, installation }) => {
  const old = await makeKey(page, installation.consoleUrl, { name: "prod", limits: { requestsPerMinute: 7 } });
  const status = (key: string) => callStatus(installation.gatewayUrl, key);
  await page.goto(`/keys/${old.id}`);
  await page.getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Rotate" }).click();
  const next = (await dialog.locator("code").first().textContent()) ?? "";
  expect([await status(old.key), await status(next)]).toEqual([200, 200]);
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText("Another key has taken this one's place.")).toBeVisible();
  await page.getByRole("button", { name: "End it now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  expect([await status(old.key), await status(next)]).toEqual([401, 200]);
  await page.getByRole("link", { name: /^Go to sk-hy-/ }).click();
  await expect(page.getByText("It takes the place of")).toBeVisible();
  await expect(page.getByText("7", { exact: true })).toBeVisible();
});

test("search, filter, order and page stand in the address", async ({ page, account: _, installation }) => {
  for (const name of ["alpha", "beta", "gamma"]) await makeKey(page, installation.consoleUrl, { name });
  await page.goto("/keys");
  await page.getByRole("button", { name: "Name" }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("rowheader").first()).toContainText("alpha");
  await page.getByRole("searchbox").fill("gam");
  await expect(page).toHaveURL(/search=gam/);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.getByLabel("Status", { exact: true }).selectOption("disabled");
  await expect(page.getByText("No key fits this search.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("searchbox")).toHaveValue("gam");
  await page.getByRole("button", { name: "Clear the search" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(3);
});

test("the list, its menu and a key's page work by keyboard alone", async ({ page, account: _, installation }) => {
  await newKey(page, installation);
  await page.goto("/keys");
  await page.getByRole("link", { name: "e2e" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "e2e", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("renamed");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "renamed", level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Edit" })).toBeFocused();
});

test("what a key may do is changed on a phone, in Chinese", async ({ page, account: _, installation }) => {
  await makeKey(page, installation.consoleUrl, { name: "手机" });
  await page.context().addCookies([{ name: "hydra-locale", value: "zh", url: installation.consoleUrl }]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/keys");
  await page.getByRole("button", { name: "手机 的更多操作" }).click();
  await page.getByRole("menuitem", { name: "编辑" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("并发调用数").fill("2");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(page.getByRole("row", { name: /手机/ })).toContainText("并发 2");
});

test.describe("attacks", () => {
  test("another's key is not found, by whichever verb; another site's request is refused", async ({ page, browser, installation }) => {
    const origin = installation.consoleUrl;
    await newAccount(page, installation);
    const { id, key } = await makeKey(page, origin);
    const stranger = await browser.newContext({ baseURL: origin });
    const other = await stranger.newPage();
    await newAccount(other, installation);
    const requests = [
      ["get", `/api/api-keys/${id}`, undefined],
      ["patch", `/api/api-keys/${id}`, { name: "mine" }],
      ["post", `/api/api-keys/${id}/disable`, undefined],
      ["post", `/api/api-keys/${id}/rotate`, { graceMinutes: 0 }],
      ["post", `/api/api-keys/${id}/end-grace`, undefined],
      ["delete", `/api/api-keys/${id}`, undefined],
    ] as const;
    for (const [method, path, data] of requests) {
      const fetched = (path: string, headers: Record<string, string>) =>
        other.request.fetch(path, { method, headers, ...(data ? { data } : {}) });
      const [theirs, none] = [await fetched(path, { origin }), await fetched(path.replace(id, "key_none"), { origin })];
      expect([theirs.status(), none.status()], `${method} ${path}`).toEqual([404, 404]);
      const said = async (answer: typeof none) => ({ ...(await answer.json()).error, requestId: "" });
      expect(await said(theirs)).toEqual(await said(none));
      if (method !== "get") {
        for (const headers of [{ origin: "https://evil.example" }, {}] as Record<string, string>[]) {
          const answer = await page.request.fetch(path, { method, headers, ...(data ? { data } : {}) });
          expect([answer.status(), (await answer.json()).error.code], `${method} ${path}`).toEqual([403, "csrf_failed"]);
        }
      }
    }
    await other.goto(`/keys/${id}`);
    await expect(other.getByRole("heading", { name: "There is no such API key" })).toBeVisible();
    expect(await callStatus(installation.gatewayUrl, key)).toBe(200);
    await stranger.close();
  });

  test("members that nobody may send are refused by name", async ({ page, account: _, installation }) => {
    const headers = { origin: installation.consoleUrl };
    for (const data of [
      { name: "x", userId: "usr_1" },
      { name: "x", limits: { owner: 1 } },
    ]) {
      const answer = await page.request.post("/api/api-keys", { headers, data });
      expect([answer.status(), (await answer.json()).error.code]).toEqual([400, "unknown_parameter"]);
    }
    for (const data of ["[]", "{", '{"name":"   "}', '{"name":1}']) {
      const answer = await page.request.post("/api/api-keys", { headers: { ...headers, "content-type": "application/json" }, data });
      expect(answer.status(), data).toBe(400);
    }
    const form = await page.request.post("/api/api-keys", { headers, form: { name: "x" } });
    expect(form.status()).toBe(415);
  });
});

test("a failed request keeps the list and offers another try", async ({ page, account: _, installation }) => {
  await makeKey(page, installation.consoleUrl, { name: "kept" });
  await page.goto("/keys");
  await page.route("**/api/api-keys?**", (route) => route.fulfill({ status: 503, body: "" }));
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This may be out of date." })).toBeVisible();
  await expect(page.getByRole("rowheader", { name: /kept/ })).toBeVisible();
  await page.unroute("**/api/api-keys?**");
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This may be out of date." })).toBeHidden();
});
