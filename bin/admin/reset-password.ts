import { AppError } from "#lib/errors.ts";
import { issuePasswordReset } from "#lib/services/account/issue-password-reset.ts";
import type { Command } from "../cli/command.ts";
import { asOperator } from "./context.ts";
import { emailOf } from "./values.ts";

const linkHours = 24;

export const resetPasswordCommand: Command = {
  name: "admin reset-password",
  summary: "Make a link that sets a user's new password once, and print it",
  usage: "hydra admin reset-password <email> [--json]",
  options: {
    email: { type: "string", value: "<address>", says: "The user who has lost the password", required: true, positional: true },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const email = emailOf(values);
    const made = await asOperator(env, async (ctx, { consoleUrl }) => {
      const link = await issuePasswordReset({ ctx, input: { email, hours: linkHours } });
      if (!link) throw new AppError("not_found", `There is no user with the email ${email}, or the account is disabled.`);
      return { email, link: `${consoleUrl}/reset-password?token=${link.token}`, expiresAt: link.expiresAt.toISOString() };
    });
    if (values.json) console.log(JSON.stringify(made));
    else console.log(made.link);
    if (!values.json) console.error(`Give this to ${email} alone. It works once, until ${made.expiresAt}.`);
    return 0;
  },
};
