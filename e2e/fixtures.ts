import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";

export interface Installation {
  consoleUrl: string;
  gatewayUrl: string;
  dataDir: string;
}

export interface Account {
  email: string;
  password: string;
  workspace: string;
}

interface Fixtures {
  installation: Installation;
  /** A new account, signed in on `page`. */
  account: Account;
  /** Texts of console errors that the test expects; any other fails it. */
  expectedErrors: RegExp[];
  /** Leaves the account's services running after a test, for those that share them. */
  keepServices: boolean;
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
  installation: async ({}, use) => {
    await use({
      consoleUrl: required("HYDRA_E2E_CONSOLE_URL"),
      gatewayUrl: required("HYDRA_E2E_GATEWAY_URL"),
      dataDir: required("HYDRA_E2E_DATA_DIR"),
    });
  },
  expectedErrors: [[], { option: true }],
  keepServices: [false, { option: true }],
  page: async ({ page, installation, expectedErrors, keepServices }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await use(page);
    const unexpected = errors.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)));
    if (!keepServices) await deleteServices(page, installation);
    expect(unexpected).toEqual([]);
  },
  account: async ({ page, installation }, use) => {
    await use(await newAccount(page, installation));
  },
});

export { expect };

/** Makes an account over the API; the page's browser is then signed in. */
export async function newAccount(page: Page, { consoleUrl }: Installation): Promise<Account> {
  const email = `e2e-${randomBytes(5).toString("hex")}@example.com`;
  const password = "correct horse battery";
  const headers = { origin: consoleUrl };
  const made = await page.request.post("/api/account", { data: { email, password }, headers });
  expect(made.status()).toBe(204);
  const me = (await (await page.request.get("/api/me")).json()) as { workspace: { name: string } };
  return { email, password, workspace: me.workspace.name };
}

/** A new API key of the signed-in account. */
export async function newKey(page: Page, { consoleUrl }: Installation): Promise<string> {
  const made = await page.request.post("/api/api-keys", { data: { name: "e2e" }, headers: { origin: consoleUrl } });
  expect(made.ok()).toBe(true);
  return ((await made.json()) as { key: string }).key;
}

/** Deploys the demo model over the API and waits until it runs. */
export async function newService(
  page: Page,
  installation: Installation,
  name: string,
  instances = 1,
): Promise<{ id: string; accessName: string }> {
  const regions = (await (await page.request.get("/api/regions")).json()) as { items: { id: string; instanceTypes: { id: string }[] }[] };
  const region = regions.items[0];
  const made = await page.request.post("/api/services", {
    headers: { origin: installation.consoleUrl },
    data: { modelSlug: "hydra-tiny", name, regionId: region?.id, instanceTypeId: region?.instanceTypes[0]?.id, instances },
  });
  expect(made.status()).toBe(201);
  const { id, accessName } = (await made.json()) as { id: string; accessName: string };
  await expect.poll(() => serviceState(page, id), { timeout: 30_000 }).toBe("running");
  return { id, accessName };
}

/** Deletes what the signed-in account has running: the machine holds only so many instances, and later tests want theirs. */
export async function deleteServices({ request }: Page, { consoleUrl }: Installation): Promise<void> {
  const answer = await request.get(`${consoleUrl}/api/services?pageSize=100`);
  if (!answer.ok()) return;
  const { items } = (await answer.json()) as { items: { id: string; name: string }[] };
  const headers = { origin: consoleUrl };
  for (const { id, name } of items) {
    await request.delete(`${consoleUrl}/api/services/${id}`, { data: { confirmName: name }, headers });
  }
}

export async function serviceState(page: Page, id: string): Promise<string> {
  const answer = await page.request.get(`/api/services/${id}`);
  return answer.ok() ? ((await answer.json()) as { state: string }).state : `HTTP ${answer.status()}`;
}

/** Process ids of a service's engines, as the operating system lists them. */
export function engineProcesses(serviceId: string): number[] {
  const lines = execFileSync("ps", ["-axo", "pid=,stat=,command="], { encoding: "utf8", maxBuffer: 16 * 1024 * 1024 }).split("\n");
  return lines
    .filter((line) => line.includes("engine/main.ts") && line.includes(serviceId))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state]) => !state?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}
