import { expect, test } from "./fixtures.ts";
import { answered, answers, ask, messageField, tiny } from "./playground-steps.ts";

interface ConversationPage {
  total: number;
  items: { id: string; title: string }[];
}

// The browser itself reports every request that fails.
test.use({ expectedErrors: [/^Failed to load resource/] });

test("a conversation whose beginning was answered in vain is there once, with all that was said", async ({ page, account: _ }) => {
  await page.goto(tiny);
  let tries = 0;
  await page.route("/api/conversations", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    tries += 1;
    if (tries > 2) return route.continue();
    // It arrives and is done; only its answer gets lost.
    await route.fetch();
    return route.abort("connectionfailed");
  });
  await ask(page, "Hello");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await answered(page);
  await expect(page).toHaveURL(/conversation=cnv_/, { timeout: 20_000 });
  expect(tries).toBe(3);
  const list = async () => (await (await page.request.get("/api/conversations")).json()) as ConversationPage;
  expect(await list()).toMatchObject({ total: 1, items: [{ title: "Hello" }] });
  await expect(page.getByText("Not saved yet")).toBeHidden();
  await page.reload();
  await expect(answers(page)).toHaveCount(1);
  await expect(messageField(page)).toHaveValue("");
});
