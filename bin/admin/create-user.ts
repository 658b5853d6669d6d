import { password } from "#lib/contracts/account.ts";
import { createUser } from "#lib/services/account/create-user.ts";
import type { Command } from "../cli/command.ts";
import { asOperator } from "./context.ts";
import { emailOf, parsed } from "./values.ts";

export const createUserCommand: Command = {
  name: "admin create-user",
  summary: "Make an account, whoever may sign up otherwise",
  usage: "hydra admin create-user --email <address> --password <password> [--operator] [--json]",
  options: {
    email: { type: "string", value: "<address>", says: "Address to sign in with", required: true },
    password: { type: "string", value: "<password>", says: "At least 8 characters", required: true },
    operator: { type: "boolean", says: "Make the account an operator" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const input = { email: emailOf(values), password: parsed(values, "password", password), operator: values.operator === true };
    const actor = await asOperator(env, (ctx) => createUser({ ctx, input }));
    if (values.json) console.log(JSON.stringify({ email: input.email, ...actor }));
    else
      console.log(`Made the ${actor.role === "operator" ? "operator" : "user"} ${input.email} with the workspace ${actor.workspaceName}.`);
    return 0;
  },
};
