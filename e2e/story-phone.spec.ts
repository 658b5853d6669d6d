import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { expect, test } from "./fixtures.ts";

const run = promisify(execFile);

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, locale: "zh-CN" });

/** What a stranger does by what the pages say: on a phone, in Chinese, by touch alone. */
test("在手机上用中文：注册，体验，部署，创建密钥，运行示例", async ({ page }) => {
  const open = async (name: string) => {
    await page.getByRole("button", { name: "打开导航" }).tap();
    await page.getByRole("dialog").getByRole("link", { name, exact: true }).tap();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  };

  await test.step("sign up", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "注册" }).tap();
    await expect(page.getByRole("heading", { name: "注册" })).toBeVisible();
    await page.getByLabel("邮箱").fill(`phone-${randomBytes(4).toString("hex")}@example.com`);
    await page.getByLabel("密码", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "注册" }).tap();
    await expect(page.getByRole("heading", { name: "模型广场", level: 1 })).toBeVisible();
  });

  await test.step("chat", async () => {
    await page
      .getByRole("link", { name: /^体验 ?Hydra-Tiny/ })
      .first()
      .tap();
    await page.getByRole("textbox", { name: "消息", exact: true }).fill("Say this is a test!");
    await page.getByRole("button", { name: "发送" }).tap();
    await expect(page.getByTestId("answer").last()).toHaveAttribute("data-status", "done", { timeout: 20_000 });
    await expect(page.getByTestId("answer").last()).toContainText(/输入 Token|输入/);
  });

  await test.step("deploy", async () => {
    await open("模型服务");
    await page.getByRole("link", { name: "部署模型" }).first().tap();
    await page.getByRole("radio", { name: /Hydra-Tiny/ }).check();
    await page.getByLabel("模型服务名称").fill("my-phone");
    await page.getByRole("button", { name: "部署", exact: true }).tap();
    await expect(page.getByRole("heading", { name: "my-phone", level: 1 })).toBeVisible();
    await expect(page.getByText("运行中", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  });
  const accessName = `${(await (await page.request.get("/api/me")).json()).workspace.name}/my-phone`;

  const key = await test.step("create a key", async () => {
    await open("API 密钥");
    await page.getByRole("button", { name: "创建密钥" }).first().tap();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("名称", { exact: true }).fill("手机");
    await dialog.getByRole("button", { name: "创建密钥" }).tap();
    const text = (await dialog.getByText(/^sk-hy-[0-9A-Za-z]{38}$/).textContent()) ?? "";
    await dialog.getByRole("button", { name: "我已复制" }).tap();
    return text;
  });

  await test.step("run the sample of the service's page", async () => {
    await open("模型服务");
    await page.getByRole("link", { name: "my-phone", exact: true }).tap();
    await page.getByRole("tab", { name: "API" }).tap();
    const shown = (await page.getByRole("region", { name: /curl/ }).first().textContent()) ?? "";
    const { stdout } = await run("sh", ["-c", shown.replaceAll("YOUR_API_KEY", key).trim()]);
    expect(JSON.parse(stdout)).toMatchObject({ model: accessName, choices: [{ finish_reason: expect.any(String) }] });
  });
});
