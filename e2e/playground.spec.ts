import { expect, test } from "./fixtures.ts";

test("a parameter that the model would refuse is named at its field, and nothing is sent", async ({ page, account: _ }) => {
  await page.goto("/playground?model=public/hydra-tiny");
  await page.getByRole("textbox", { name: "Temperature" }).fill("5");
  await expect(page.getByText("Enter a number from 0 to 2.")).toBeVisible();
  await page.getByRole("textbox", { name: "Message" }).fill("Hello");
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("answer")).toHaveCount(0);
  await page.getByRole("textbox", { name: "Temperature" }).fill("0");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByTestId("answer")).toHaveAttribute("data-status", "done");
});

test("a conversation outlives a look at another page, and remembers what was said", async ({ page, account: _ }) => {
  await page.goto("/playground?model=public/hydra-tiny");
  await page.getByRole("textbox", { name: "Temperature" }).fill("0");
  const message = page.getByRole("textbox", { name: "Message" });
  await message.fill("My name is Priya.");
  await message.press("Enter");
  await expect(page.getByTestId("answer")).toHaveAttribute("data-status", "done");
  await page.getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { name: "API keys", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(page.getByText("My name is Priya.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Temperature" })).toHaveValue("0");
  await message.fill("What is my name?");
  await message.press("Enter");
  await expect(page.getByTestId("answer").last()).toContainText("Priya");
  await page.getByRole("button", { name: "Clear conversation" }).click();
  await expect(page.getByTestId("answer")).toHaveCount(0);
});

test.describe("a gateway that cannot be reached", () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test("a lost connection says so, keeps the question, and offers another try", async ({ page, account: _ }) => {
    await page.goto("/playground?model=public/hydra-tiny");
    await page.route("/api/trial", (route) => route.abort());
    await page.getByRole("textbox", { name: "Message" }).fill("Hello");
    await page.keyboard.press("Enter");
    await expect(page.getByText("The console cannot be reached.")).toBeVisible();
    await expect(page.getByText("Hello", { exact: true })).toBeVisible();
    await page.unroute("/api/trial");
    await page.getByRole("button", { name: "Regenerate" }).click();
    await expect(page.getByTestId("answer")).toHaveAttribute("data-status", "done");
  });
});
