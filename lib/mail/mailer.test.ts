import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mailbox, startMailbox } from "#test/mailbox.ts";
import { resetMail } from "../services/account/reset-mail.ts";
import { createMailer } from "./mailer.ts";

let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(() => mailbox.close());

const from = "Hydra <hydra@example.com>";
const link = `https://console.example.com/reset-password?token=${"a_-9".repeat(11)}`;

test.each(["en", "zh"] as const)("a mail with a link arrives whole, at one address: %s", async (locale) => {
  const mail = resetMail({ locale, name: "Ännchen", link, consoleUrl: "https://console.example.com" });
  await createMailer({ smtpUrl: mailbox.url, from }).send({ to: "ann@example.com", ...mail });
  const received = mailbox.mails.at(-1);
  expect(received).toMatchObject({ from: "hydra@example.com", to: ["ann@example.com"] });
  expect(received?.text.replaceAll("\r\n", "\n").trimEnd()).toBe(mail.text.trimEnd());
  expect(received?.text.split(/\r?\n/)).toContain(link);
});

test("nothing in an address or a name reaches anybody else", async () => {
  const before = mailbox.mails.length;
  const mailer = createMailer({ smtpUrl: mailbox.url, from });
  await mailer.send({ to: "a@example.com, b@example.com", subject: "x\r\nBcc: c@example.com", text: "x" }).catch(() => {});
  for (const { to } of mailbox.mails.slice(before)) expect(to).not.toContain("b@example.com");
  for (const { to } of mailbox.mails.slice(before)) expect(to).not.toContain("c@example.com");
});

test("a server that is not there is an error", async () => {
  const gone = await startMailbox();
  await gone.close();
  await expect(createMailer({ smtpUrl: gone.url, from }).send({ to: "a@example.com", subject: "", text: "" })).rejects.toThrow();
});
