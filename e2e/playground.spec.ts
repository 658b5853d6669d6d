import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { type WallScriptInput, wallPrompt } from "../test/wall/script.ts";
import { expect, newKey, newService, test } from "./fixtures.ts";
import { answered, answers, ask, messageField, tiny } from "./playground-steps.ts";
import { offerWallModel, untilOffered, type WallModel } from "./wall-model.ts";

test("a parameter that the model would refuse is named at its field, and nothing is sent", async ({ page, account: _ }) => {
  await page.goto(tiny);
  await page.getByRole("textbox", { name: "Temperature" }).fill("5");
  await page.getByRole("textbox", { name: "Max tokens" }).fill("513");
  await expect(page.getByText("Enter a number from 0 to 2.")).toBeVisible();
  await expect(page.getByText("Enter a whole number from 1 to 512.")).toBeVisible();
  await messageField(page).fill("Hello");
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await page.keyboard.press("Enter");
  await expect(answers(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Reset to defaults" }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await answered(page);
  await expect(answers(page)).toContainText(/input tokens · \d+ output tokens? · First token after [\d,]+ ms.* · Cost ¥0\.\d+/);
});

test("a conversation is kept: over other pages, reloads and its address; it is found, renamed and deleted", async ({
  page,
  account: _,
}) => {
  await page.goto(tiny);
  await page.getByRole("textbox", { name: "Temperature" }).fill("0");
  await ask(page, "My name is Priya.");
  await answered(page);
  await expect(page).toHaveURL(/conversation=cnv_/);
  const address = page.url();
  await page.getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(page).toHaveURL(address);
  await ask(page, "What is my name?");
  await answered(page);
  await expect(answers(page).last()).toContainText("Priya");
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0");

  await page.getByRole("button", { name: "New conversation" }).click();
  await expect(answers(page)).toHaveCount(0);
  await ask(page, "Tell me a story");
  await answered(page);
  const list = page.getByRole("navigation", { name: "Conversations" });
  await expect(list.getByRole("link")).toHaveCount(2);
  await page.goBack();
  await expect(answers(page)).toHaveCount(2);
  await page.goForward();
  await expect(answers(page)).toHaveCount(1);
  await page.goto(address);
  await expect(answers(page)).toHaveCount(2);
  await expect(answers(page).last()).toContainText(/Priya[\s\S]*Cost ¥/);
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0");

  await page.getByRole("searchbox", { name: "Search conversations" }).fill("priya");
  await expect(list.getByRole("link")).toHaveCount(1);
  await list.getByRole("button", { name: "Actions for My name is Priya." }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Names");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await expect(list.getByRole("link", { name: "Names" })).toBeVisible();
  await expect(page).toHaveTitle(/Names/);
  await list.getByRole("button", { name: "Actions for Names" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(list.getByText("No conversation holds these words.")).toBeVisible();
  await expect(answers(page)).toHaveCount(0);
});

test("another account opens nobody's conversation", async ({ page, account: _, installation, browser }) => {
  await page.goto(tiny);
  await ask(page, "My secret is blue.");
  await answered(page);
  await expect(page).toHaveURL(/conversation=cnv_/);
  const stranger = await (await browser.newContext()).newPage();
  const email = `stranger-${Date.now()}@example.com`;
  const headers = { origin: installation.consoleUrl };
  await stranger.request.post(`${installation.consoleUrl}/api/account`, { data: { email, password: "correct horse battery" }, headers });
  await stranger.goto(page.url());
  await expect(stranger.getByText("This conversation does not exist any more, or it belongs to somebody else.")).toBeVisible();
  await expect(stranger.getByText("My secret is blue.")).toHaveCount(0);
  await stranger.context().close();
});

test("a question is edited with ↑, asked again, deleted and brought back; the context is cleared", async ({ page, account: _ }) => {
  await page.goto(tiny);
  await page.getByRole("textbox", { name: "Temperature" }).fill("0");
  await ask(page, "My name is Priya.");
  await answered(page);
  await messageField(page).press("ArrowUp");
  const editor = page.getByRole("textbox", { name: "Edit the question" });
  await editor.fill("My name is Ana.");
  await page.reload();
  await page.getByRole("button", { name: "Edit the question" }).click();
  await expect(editor).toHaveValue("My name is Ana.");
  await editor.press("Enter");
  await answered(page);
  await expect(page.getByText("My name is Priya.", { exact: true }).and(page.locator("article *"))).toHaveCount(0);
  await page.getByRole("button", { name: "Regenerate" }).click();
  await answered(page);
  await expect(answers(page)).toHaveCount(1);

  await page.getByRole("button", { name: "Delete the question and its answer" }).click();
  await expect(answers(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(answers(page)).toHaveCount(1);

  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("menuitem", { name: "Clear context" }).click();
  await ask(page, "What is my name?");
  await answered(page);
  await expect(answers(page).last()).not.toContainText("Ana");
  await page.reload();
  await expect(page.getByText("Context cleared")).toBeVisible();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("menuitem", { name: "Clear conversation" }).click();
  await expect(answers(page)).toHaveCount(0);
});

test("presets keep a system prompt and parameters for other conversations", async ({ page, account: _ }) => {
  await page.goto(tiny);
  await page.getByRole("textbox", { name: "System prompt" }).fill("Answer in one word.");
  await page.getByRole("textbox", { name: "Seed" }).fill("7");
  await page.getByRole("button", { name: "Save as preset" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Short");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Preset Short saved")).toBeVisible();
  await page.getByRole("button", { name: "Reset to defaults" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Presets" }).click();
  await page.getByRole("menuitem", { name: "Short", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "System prompt" })).toHaveValue("Answer in one word.");
  await expect(page.getByRole("textbox", { name: "Seed" })).toHaveValue("7");
  await page.getByRole("button", { name: "Presets" }).click();
  await page.getByRole("menuitem", { name: "Delete Short" }).click();
  await page.getByRole("button", { name: "Presets" }).click();
  await expect(page.getByText("No presets yet.")).toBeVisible();
});

test("an own service is found in the picker, and the conversation's code runs as shown", async ({ page, account: _, installation }) => {
  const service = await newService(page, installation, "chatty");
  await page.goto(tiny);
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByPlaceholder("Search models and services").fill("chatty");
  await page.getByRole("option", { name: /chatty/ }).click();
  await ask(page, 'Say "it\'s a test"');
  await answered(page);
  await expect(answers(page)).toContainText("Billed by the instance");
  await page.getByRole("button", { name: "View code" }).click();
  const code = await page.getByRole("dialog").getByRole("tabpanel", { name: "curl" }).textContent();
  expect(code).toContain(service.accessName);
  const key = await newKey(page, installation);
  const { stdout } = await promisify(execFile)("sh", ["-c", (code ?? "").replaceAll("YOUR_API_KEY", key)]);
  expect(JSON.parse(stdout)).toMatchObject({ model: service.accessName, object: "chat.completion" });
  await page.keyboard.press("Escape");
  const { generation } = (await (await page.request.get(`/api/services/${service.id}`)).json()) as { generation: number };
  const headers = { origin: installation.consoleUrl };
  const stopped = await page.request.post(`/api/services/${service.id}/stop`, { data: { generation }, headers });
  expect(stopped.ok()).toBe(true);
  await expect(page.getByText("This service is not ready to answer.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("link", { name: "Open the service" })).toHaveAttribute("href", `/services/${service.id}`);
});

test("what was typed survives a reload, and Shift+Enter breaks the line", async ({ page, account: _ }) => {
  await page.goto(tiny);
  await messageField(page).pressSequentially("one");
  await messageField(page).press("Shift+Enter");
  await messageField(page).pressSequentially("two");
  await page.reload();
  await expect(messageField(page)).toHaveValue("one\ntwo");
});

test.describe("a console that cannot be reached", () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test("a lost connection says so, keeps the question, and offers another try", async ({ page, account: _ }) => {
    await page.goto(tiny);
    await page.route("/api/trial", (route) => route.abort());
    await page.route("/api/conversations", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await ask(page, "Hello");
    await expect(page.getByText("Your question is kept. Check your connection")).toBeVisible();
    await expect(page.getByText("Not saved yet")).toBeVisible();
    await page.reload();
    await expect(messageField(page)).toHaveValue("Hello");
    await page.unrouteAll();
    await messageField(page).press("Enter");
    await answered(page);
    await expect(page).toHaveURL(/conversation=cnv_/);
    await page.reload();
    await expect(answers(page)).toHaveCount(1);
    await expect(messageField(page)).toHaveValue("");
  });
});

test.describe("a model that does as it is told", () => {
  let model: WallModel;
  let vision: WallModel;
  test.beforeAll(async () => {
    const installation = { dataDir: process.env.HYDRA_E2E_DATA_DIR ?? "" };
    model = await offerWallModel(installation, "deepseek-r1");
    vision = await offerWallModel(installation, "llama-3.2-11b-vision-instruct");
  });
  test.afterAll(async () => {
    await model.close();
    await vision.close();
  });
  test.beforeEach(async ({ page, account: _ }) => {
    await untilOffered(page, model.accessName);
    await page.goto(`/playground?conversation=new&model=${model.accessName}`);
  });
  const tell = (page: Page, script: WallScriptInput) => ask(page, wallPrompt(script));

  test("Esc stops an answer, which keeps what was written and says what it cost", async ({ page }) => {
    await tell(page, { tokens: 500, delayMs: 20 });
    await expect(answers(page)).toContainText("t5");
    await page.keyboard.press("Escape");
    await answered(page, "stopped");
    await expect(answers(page)).toContainText(/You stopped this answer\.[\s\S]*output tokens[\s\S]*Cost ¥0\.\d+/);
    await page.reload();
    await expect(answers(page)).toContainText(/t5[\s\S]*Cost ¥0\.\d+/);
  });

  test("a cut answer keeps what arrived, says so, and what it cost; another try goes well", async ({ page }) => {
    await tell(page, { tokens: 20, fault: "reset", after: 10, times: 1, key: "cut" });
    await answered(page, "failed");
    await expect(answers(page)).toContainText(/t10[\s\S]*The answer was cut off[\s\S]*Cost ¥0\.\d+/);
    await page.getByRole("button", { name: "Try again" }).click();
    await answered(page);
    await expect(answers(page)).toContainText("t20");
  });

  test("output is never trusted: no HTML, no image fetched, links marked; reasoning folds, tables and code are drawn", async ({ page }) => {
    const fetched: string[] = [];
    page.on("request", (request) => request.url().includes("evil.example") && fetched.push(request.url()));
    const text = [
      "<img src=x onerror=alert(1)> <script>alert(2)</script>\n\n![pixel](https://evil.example/p.png)\n\n",
      "[link](https://evil.example/) [bad](javascript:alert(3)) [data](data:text/html,x)\n\n",
      "| a | b |\n|-|-|\n| 1 | 2 |\n\n",
      "```python\nprint('hi')  # said\n```\n",
    ];
    await tell(page, { text, reasoning: ["I think, ", "so I stream."] });
    await answered(page);
    const answer = answers(page);
    await expect(answer.getByText("<script>alert(2)</script>")).toBeVisible();
    await expect(answer.locator("script, img, iframe")).toHaveCount(0);
    const links = answer.getByRole("link");
    await expect(links).toHaveCount(1);
    await expect(links).toHaveAttribute("rel", /noopener noreferrer nofollow/);
    await expect(links).toHaveAttribute("target", "_blank");
    await expect(answer.getByRole("cell", { name: "2" })).toBeVisible();
    await expect(answer.getByRole("region", { name: "Code: python" }).locator("span[style]").first()).toBeVisible();
    const fold = answer.getByRole("button", { name: "Reasoning" });
    await expect(fold).toHaveAttribute("aria-expanded", "false");
    await fold.click();
    await expect(answer.getByText("I think, so I stream.")).toBeVisible();
    expect(fetched).toEqual([]);
  });

  test("an image goes to a model that sees, small enough; a model that reads text alone says so", async ({ page }) => {
    await untilOffered(page, vision.accessName);
    await page.goto(`/playground?conversation=new&model=${vision.accessName}`);
    const png = await page.screenshot();
    await page.locator('input[type="file"]').setInputFiles({ name: "shot.png", mimeType: "image/png", buffer: png });
    await expect(page.getByRole("img", { name: "Attached image 1" })).toBeVisible();
    await ask(page, "What is this?");
    await answered(page);
    const { messages } = vision.wall.call().body;
    expect(JSON.stringify(messages)).toMatch(/"type":"image_url","image_url":\{"url":"data:image\/jpeg;base64,/);
    await page.reload();
    await expect(page.getByRole("img", { name: "Attached image 1" })).toBeVisible();
    const attached = page.getByRole("list", { name: "Attached images" }).getByRole("img");
    for (const [index, how] of (["paste", "drop"] as const).entries()) {
      await messageField(page).evaluate(handOver, { how, bytes: [...png] });
      await expect(attached).toHaveCount(index + 1);
    }
    await page.getByRole("combobox", { name: "Model" }).click();
    await page.getByRole("option", { name: /deepseek-r1/ }).click();
    await expect(page.getByText("This model reads text only.")).toBeVisible();
  });
});

/** Runs in the page: pastes a picture into the field, or drops it there. */
function handOver(field: Element, { how, bytes }: { how: "paste" | "drop"; bytes: number[] }): void {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "shot.png", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  field.dispatchEvent(
    how === "paste"
      ? new ClipboardEvent("paste", { ...options, clipboardData: data })
      : new DragEvent("drop", { ...options, dataTransfer: data }),
  );
}

for (const [language, theme, width] of [
  ["en", "light", 1440],
  ["zh", "dark", 390],
] as const) {
  test(`axe finds nothing in a conversation, its panels and the image tab: ${language}, ${theme}, ${width} px`, async ({
    page,
    account: _,
    installation,
  }) => {
    await page.context().addCookies([{ name: "hydra-locale", value: language, url: installation.consoleUrl }]);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    const zh = language === "zh";
    const findings = async () => (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`);
    await page.goto(tiny);
    await page.getByRole("textbox", { name: zh ? "消息" : "Message", exact: true }).fill("Write some Python code");
    await page.keyboard.press("Enter");
    await answered(page);
    expect(await findings()).toEqual([]);
    await page.getByRole("combobox", { name: zh ? "模型" : "Model" }).click();
    expect(await findings()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: zh ? "查看代码" : "View code" }).click();
    await expect(page.getByRole("tabpanel", { name: "curl" })).toBeVisible();
    expect(await findings()).toEqual([]);
    await page.keyboard.press("Escape");
    if (width < 1024) {
      for (const name of ["对话记录", "参数"]) {
        await page.getByRole("button", { name, exact: true }).click();
        await expect(page.getByRole("dialog", { name })).toBeVisible();
        expect(await findings()).toEqual([]);
        await page.keyboard.press("Escape");
      }
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const conversation = page.getByRole("main");
    await conversation.getByRole("link", { name: zh ? "图像" : "Image", exact: true }).click();
    await expect(page.getByText(zh ? "没有正在运行的图像生成模型" : "No model for image generation is running")).toBeVisible();
    expect(await findings()).toEqual([]);
  });
}
