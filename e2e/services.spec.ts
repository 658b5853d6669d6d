import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { engineProcesses, expect, type Installation, newKey, newService, serviceState, test } from "./fixtures.ts";

async function call({ gatewayUrl }: Installation, key: string, model: string): Promise<{ status: number; code: string | null }> {
  const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }], max_tokens: 8 }),
  });
  const body = (await answer.json()) as { error?: { code: string } };
  return { status: answer.status, code: body.error?.code ?? null };
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

test("stopped, a service keeps its name and costs nothing; started, it answers again", async ({ page, account, installation }) => {
  const { id, accessName } = await newService(page, installation, "pausing");
  const key = await newKey(page, installation);
  expect((await call(installation, key, accessName)).status).toBe(200);
  await page.goto(`/services/${id}`);
  await page.getByRole("button", { name: "Stop" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Billing ends when its instances have stopped");
  await dialog.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  expect(engineProcesses(id)).toEqual([]);
  expect(await call(installation, key, accessName)).toEqual({ status: 503, code: "service_not_ready" });

  await page.getByRole("tab", { name: "Billing" }).click();
  const line = page.getByRole("row").filter({ hasText: "Stopped" });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText(/\d+ sec/);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("Running", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  expect((await call(installation, key, accessName)).status).toBe(200);
  expect(account.workspace).toBe(accessName.split("/")[0]);
});

test("what a run wrote and what its calls came to are shown", async ({ page, account, installation }) => {
  const { id, accessName } = await newService(page, installation, "watched");
  const key = await newKey(page, installation);
  for (let turn = 0; turn < 3; turn++) expect((await call(installation, key, accessName)).status).toBe(200);
  await page.goto(`/services/${id}`);
  await expect(page.getByText("1,024 tokens", { exact: true })).toBeVisible();
  await expect(page.getByText(/^By you · /)).toHaveCount(1);
  await expect(page.getByText(/^By the deployer · /).first()).toBeVisible();
  await page.getByRole("button", { name: /^Logs of / }).click();
  await expect(page).toHaveURL(/tab=logs&instance=/);
  await expect(page.getByRole("log")).toContainText("listening", { timeout: 10_000 });
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Metrics" }).click();
  await expect(page.getByRole("heading", { name: "Time to first token" })).toBeVisible({ timeout: 15_000 });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show as a table" }).click();
  await expect(page.getByRole("table", { name: "Metrics" }).getByRole("row")).not.toHaveCount(1);
  await expectAccessible(page);
  expect(accessName).toContain(account.workspace);
});

test("more than the machine holds says what is missing, and a retry with less runs", async ({ page, account, installation }) => {
  const regions = (await (await page.request.get("/api/regions")).json()) as { items: { id: string; instanceTypes: { id: string }[] }[] };
  const region = regions.items[0];
  const made = await page.request.post("/api/services", {
    headers: { origin: installation.consoleUrl },
    data: {
      modelSlug: "hydra-tiny",
      name: "greedy",
      regionId: region?.id,
      instanceTypeId: region?.instanceTypes.at(-1)?.id,
      instances: 60,
    },
  });
  expect(made.status(), account.workspace).toBe(201);
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/services/${id}`);
  await expect(page.getByText(/Needs .* free/).first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Retry" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Instance type").selectOption({ index: 0 });
  await dialog.getByLabel("Number of instances").fill("1");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Retry now" }).click();
  await expect.poll(() => serviceState(page, id), { timeout: 40_000 }).toBe("running");
  expect(engineProcesses(id)).toHaveLength(1);
});

test("search, filter, order and page of the list stand in the address", async ({ page, account: _, installation }) => {
  for (const name of ["alpha", "gamma", "beta"]) await newService(page, installation, name);
  await page.goto("/services");
  const table = page.getByRole("table", { name: "Model services" });
  const names = () => table.getByRole("link", { name: /^(alpha|beta|gamma)$/ }).allTextContents();
  await expect.poll(names).toEqual(["beta", "gamma", "alpha"]);
  await table.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page).toHaveURL("/services?sort=name&order=asc");
  await expect(table.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(names).toEqual(["alpha", "beta", "gamma"]);
  await table.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page).toHaveURL("/services?sort=name");
  await expect.poll(names).toEqual(["gamma", "beta", "alpha"]);
  await page.reload();
  await expect.poll(names).toEqual(["gamma", "beta", "alpha"]);
  await page.getByRole("searchbox").fill("alp");
  await expect(page).toHaveURL("/services?sort=name&search=alp");
  await expect.poll(names).toEqual(["alpha"]);
  await page.getByLabel("Status", { exact: true }).selectOption("failed");
  await expect(page.getByText("No service matches these filters.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(names).toEqual(["gamma", "beta", "alpha"]);
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByLabel("Sort", { exact: true }).selectOption("created");
  await expect.poll(names).toEqual(["beta", "gamma", "alpha"]);
  await expect(page).toHaveURL("/services");
});
