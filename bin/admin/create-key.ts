import { createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { createApiKey } from "#lib/services/api-keys/create.ts";
import type { Command } from "../cli/command.ts";
import { asOperator, userByEmail } from "./context.ts";
import { emailOf, parsed } from "./values.ts";

export const createKeyCommand: Command = {
  name: "admin create-key",
  summary: "Make an API key for a user and print it, this one time",
  usage: "hydra admin create-key --email <address> --name <name> [--json]",
  options: {
    email: { type: "string", value: "<address>", says: "The user it belongs to", required: true },
    name: { type: "string", value: "<name>", says: "What it is for; at most 63 characters", required: true },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const email = emailOf(values);
    const name = parsed(values, "name", createApiKeyInput.shape.name);
    const created = await asOperator(env, async (ctx) => {
      const actor = await userByEmail(ctx, email);
      return createApiKey({ ctx: { ...ctx, actor }, input: { name, expiresAt: null } });
    });
    if (values.json) console.log(JSON.stringify(created));
    // The key alone, so that a script can take it: KEY=$(hydra admin create-key …).
    else console.log(created.key);
    if (!values.json) console.error("Keep this key now; it is not shown again.");
    return 0;
  },
};
