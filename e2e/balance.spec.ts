import { wallPrompt } from "../test/wall/script.ts";
import { expect, test } from "./fixtures.ts";
import { answered, answers, ask, messageField } from "./playground-steps.ts";
import { hydra, offerNewModel, untilOffered, type WallModel } from "./wall-model.ts";

let costly: WallModel;
test.beforeAll(async () => {
  const prices = ["--input", "1000000", "--output", "100000000"];
  costly = await offerNewModel({ dataDir: process.env.HYDRA_E2E_DATA_DIR ?? "" }, { slug: "costly", kind: "text_generation", prices });
});
test.afterAll(() => costly?.close());

// The browser itself reports the refused call.
test.use({ expectedErrors: [/status of 429/] });

test("an exhausted balance says what happened and what helps; the question is kept, and answered once there is credit", async ({
  page,
  account,
  installation,
}) => {
  await untilOffered(page, costly.accessName);
  await page.goto(`/playground?conversation=new&model=${costly.accessName}`);
  await page.getByRole("textbox", { name: "Max tokens" }).fill("10");
  const question = wallPrompt({ tokens: 3 });
  await ask(page, question);
  await answered(page, "failed");
  await expect(answers(page).getByRole("alert")).toContainText(
    "The balance is used up, so the model was not asked. Your question is kept. Ask your operator for credit, then try again.",
  );
  await messageField(page).fill("what I typed meanwhile");
  await expect(page).toHaveURL(/conversation=cnv_/);
  await expect(page.getByText("Not saved yet")).toHaveCount(0);
  await page.reload();
  await expect(page.getByText(question, { exact: true }).first()).toBeVisible();
  await expect(answers(page).getByRole("alert")).toContainText("The balance is used up");
  await expect(messageField(page)).toHaveValue("what I typed meanwhile");
  expect(costly.wall.calls).toEqual([]);

  await hydra(installation, ["admin", "credit", "--email", account.email, "--amount", "100000"]);
  await page.getByRole("button", { name: "Try again" }).click();
  await answered(page);
  await expect(answers(page)).toHaveCount(1);
  await expect(answers(page)).toContainText(/t3[\s\S]*Cost ¥/);
  await expect(messageField(page)).toHaveValue("what I typed meanwhile");
});
