import { setTimeout as sleep } from "node:timers/promises";
import type { APIRequestContext, Page } from "@playwright/test";
import type { Seeded } from "./screens.ts";

const limitMs = 60_000;

/** An account with services in several states, keys and a conversation; `page` is then signed in as its user. */
export async function seed(page: Page, consoleUrl: string): Promise<Seeded> {
  const headers = { origin: consoleUrl };
  const { request } = page;
  const post = async (path: string, data: unknown) => {
    const answer = await request.post(path, { data, headers });
    if (!answer.ok()) throw new Error(`POST ${path} was answered with ${answer.status()}: ${await answer.text()}`);
    return answer;
  };
  await post("/api/account", { email: "lin@example.com", password: "correct horse battery" });
  const place = await cheapestPlace(request);
  const deploy = async (modelSlug: string, name: string, instances: number) => {
    const made = (await (await post("/api/services", { modelSlug, name, ...place, instances })).json()) as { id: string };
    return made.id;
  };
  const running = await deploy("hydra-tiny", "translate-prod", 2);
  const stopped = await deploy("hydra-tiny", "night-batch", 1);
  // Its weights are on a hub that main.ts has made unreachable.
  const failed = await deploy("qwen2-0.5b-instruct", "support-chat", 1);
  await until(request, running, ({ state }) => state === "running");
  await until(request, stopped, ({ state }) => state === "running");
  const { generation } = await read(request, stopped);
  await post(`/api/services/${stopped}/stop`, { generation });
  await until(request, stopped, ({ state }) => state === "stopped");
  await until(request, failed, ({ reason }) => reason === "download_failed");

  const key = (await (await post("/api/api-keys", { name: "Support bot" })).json()) as { id: string; key: string };
  await call(request, key.key, await read(request, running));
  const rest = { requestsPerMinute: 600, tokensPerMinute: 200_000, budgetMonthNano: "500000000000" };
  await post("/api/api-keys", { name: "Night batch", limits: rest });
  const disabled = (await (await post("/api/api-keys", { name: "Trial of the old site" })).json()) as { id: string };
  await post(`/api/api-keys/${disabled.id}/disable`, {});
  return { running, stopped, failed, key: key.id, conversation: await converse(page) };
}

async function cheapestPlace(request: APIRequestContext): Promise<{ regionId: string; instanceTypeId: string }> {
  const { items } = (await (await request.get("/api/regions")).json()) as { items: { id: string; instanceTypes: { id: string }[] }[] };
  const [region] = items;
  const type = region?.instanceTypes[0];
  if (!region || !type) throw new Error("The installation has no region with an instance type.");
  return { regionId: region.id, instanceTypeId: type.id };
}

/** An account that has nothing yet; `page` is then signed in as its user. */
export async function newcomer(page: Page, consoleUrl: string): Promise<void> {
  const account = { email: "wen@example.com", password: "correct horse battery" };
  const answer = await page.request.post("/api/account", { data: account, headers: { origin: consoleUrl } });
  if (!answer.ok()) throw new Error(`The second account was answered with ${answer.status()}: ${await answer.text()}`);
}

/** What the service's metrics and the key's last day have to show. */
async function call(request: APIRequestContext, key: string, { accessName }: State): Promise<void> {
  const url = `${process.env.HYDRA_E2E_GATEWAY_URL}/v1/chat/completions`;
  const headers = { authorization: `Bearer ${key}` };
  for (const content of ["Tell me a story", "Say this is a test!", "What is your name?", "Tell me a story"]) {
    const answer = await request.post(url, {
      headers,
      data: { model: accessName, messages: [{ role: "user", content }], max_tokens: 200 },
    });
    if (!answer.ok()) throw new Error(`A call was answered with ${answer.status()}: ${await answer.text()}`);
  }
}

interface State {
  accessName: string;
  state: string;
  reason: string;
  generation: number;
}

async function read(request: APIRequestContext, id: string): Promise<State> {
  return (await (await request.get(`/api/services/${id}`)).json()) as State;
}

async function until(request: APIRequestContext, id: string, reached: (now: State) => boolean): Promise<void> {
  const end = performance.now() + limitMs;
  for (let now = await read(request, id); !reached(now); now = await read(request, id)) {
    if (performance.now() > end) throw new Error(`The service ${id} is still ${now.state} (${now.reason}) after ${limitMs / 1_000} s.`);
    await sleep(500);
  }
}

/** Two questions and answers; returns the conversation's address. */
async function converse(page: Page): Promise<string> {
  await page.goto("/playground?conversation=new&model=public/hydra-tiny");
  for (const [index, question] of ["Tell me a story", "My name is Lin. What is my name?"].entries()) {
    const field = page.getByRole("textbox", { name: "Message", exact: true });
    await field.fill(question);
    await field.press("Enter");
    await page.locator('[data-testid="answer"][data-status="done"]').nth(index).waitFor();
  }
  await page.waitForURL(/conversation=cnv_/);
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
