import { createInvitation } from "#lib/services/account/create-invitation.ts";
import type { Command } from "../cli/command.ts";
import { asOperator } from "./context.ts";
import { emailOf } from "./values.ts";

export const inviteCommand: Command = {
  name: "admin invite",
  summary: "Make an invitation for one sign-up and print its token, this one time",
  usage: "hydra admin invite [--email <address>] [--json]",
  options: {
    email: { type: "string", value: "<address>", says: "The only address that may use it (default: any)" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const email = values.email === undefined ? null : emailOf(values);
    const invitation = await asOperator(env, (ctx) => createInvitation({ ctx, input: { email } }));
    if (values.json) console.log(JSON.stringify(invitation));
    else console.log(invitation.token);
    if (!values.json)
      console.error(`To be entered at sign-up${email ? ` by ${email}` : ""}, until ${invitation.expiresAt}; it is not shown again.`);
    return 0;
  },
};
