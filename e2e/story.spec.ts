import { randomBytes } from "node:crypto";
import OpenAI from "openai";
import { engineProcesses, expect, test } from "./fixtures.ts";

/**
 * The whole story on real processes: a stranger signs up, chats with a model that really runs, deploys an instance of
 * their own, calls it with a key of theirs through the official SDK, scales it, deletes it.
 */
// The page of a service that is being deleted learns that it is gone by a 404, which the browser reports.
test.use({ expectedErrors: [/status of 404/] });

test("from sign-up to a streamed answer, a service of one's own, and back to nothing", async ({ page, installation }) => {
  const name = "my-first";

  await test.step("sign up", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "Create account" }).click();
    // Both pages have these fields: the ones of the page that is being left must not be filled.
    await expect(page.getByRole("heading", { name: "Create account" })).toBeVisible();
    await page.getByLabel("Email").fill(`story-${randomBytes(4).toString("hex")}@example.com`);
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "Model catalog", level: 1 })).toBeVisible();
  });

  await test.step("chat with the public demo model", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Playground" }).click();
    await page.getByRole("textbox", { name: "Message" }).fill("Say this is a test!");
    await page.keyboard.press("Enter");
    const answer = page.getByTestId("answer").last();
    await expect(answer).toHaveAttribute("data-status", "done");
    await expect(answer).toContainText("test");
    await expect(answer).toContainText(/\d+ input tokens · \d+ output tokens/);
  });

  await test.step("deploy", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Model services" }).click();
    await page.getByRole("link", { name: "Deploy a model" }).first().click();
    await page.getByRole("radio", { name: /Hydra-Tiny/ }).check();
    await page.getByLabel("Model service name").fill(name);
    await page.getByRole("button", { name: "Deploy" }).click();
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expect(page.getByText("Running", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  });
  const serviceId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const accessName = `${(await (await page.request.get("/api/me")).json()).workspace.name}/${name}`;
  expect(engineProcesses(serviceId)).toHaveLength(1);

  const key = await test.step("create a key, shown once", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API keys" }).click();
    await page.getByRole("button", { name: "Create key" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("story");
    await dialog.getByRole("button", { name: "Create key" }).click();
    const text = (await dialog.getByText(/^sk-hy-[0-9A-Za-z]{38}$/).textContent()) ?? "";
    await dialog.getByRole("button", { name: "I have copied it" }).click();
    await expect(page.getByText(text)).toHaveCount(0);
    return text;
  });

  const client = new OpenAI({ baseURL: `${installation.gatewayUrl}/v1`, apiKey: key });
  const messages = [{ role: "user" as const, content: "What is MaaS?" }];
  await test.step("call it through the official SDK, streamed and not", async () => {
    const whole = await client.chat.completions.create({ model: accessName, messages });
    expect(whole.model).toBe(accessName);
    expect(whole.choices[0]?.finish_reason).toBe("stop");
    expect(whole.choices[0]?.message.content).not.toBe("");
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model: accessName, messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    expect(text.length).toBeGreaterThan(20);
  });

  await test.step("scale by two: the operating system shows three processes", async () => {
    await page.goto(`/services/${serviceId}`);
    await page.getByRole("button", { name: "Scale" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Number to add").fill("2");
    await expect(dialog.getByText("1 → 3")).toBeVisible();
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await expect(dialog).toBeHidden();
    await expect.poll(() => engineProcesses(serviceId).length, { timeout: 20_000 }).toBe(3);
    await expect(page.getByText("Running", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  });

  await test.step("delete: no process is left, and a call answers 404", async () => {
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Delete" });
    await expect(confirm).toBeDisabled();
    await dialog.getByRole("textbox").fill(name);
    await confirm.click();
    await expect.poll(() => engineProcesses(serviceId).length, { timeout: 30_000 }).toBe(0);
    const refused = await client.chat.completions.create({ model: accessName, messages }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.NotFoundError);
    expect((refused as InstanceType<typeof OpenAI.NotFoundError>).code).toBe("model_not_found");
  });
});
