import { type AddedUpstream, addUpstreamInput } from "#lib/contracts/upstreams.ts";
import { addUpstream } from "#lib/services/upstreams/add.ts";
import { asOperator } from "../admin/context.ts";
import { type Command, type CommandInput, UsageError } from "../cli/command.ts";
import { installationSecret } from "../installation/secrets.ts";
import { credentialOf } from "./credential.ts";

export const addUpstreamCommand: Command = {
  name: "upstreams add",
  summary: "Offer a model as public/<model> through an endpoint that stands already, or change one that was added",
  usage:
    "hydra upstreams add --model <slug> --url <url> --upstream-model <name> [--credential-stdin | --credential-file <file> | --no-credential] [--weight <n>] [--max-concurrency <n>|none] [--probe-path <path>|none] [--json]",
  options: {
    model: { type: "string", value: "<slug>", says: "The catalog's model that it offers, such as deepseek-r1", required: true },
    url: { type: "string", value: "<url>", says: "Base address as an SDK is given it; without a path /v1 is meant", required: true },
    "upstream-model": { type: "string", value: "<name>", says: "The model's name there", required: true },
    "credential-stdin": { type: "boolean", says: "Read what it asks for as a bearer from standard input" },
    "credential-file": { type: "string", value: "<file>", says: "Read it from a file" },
    "no-credential": { type: "boolean", says: "It asks for none (any more)" },
    weight: { type: "string", value: "<n>", says: "Its share of the calls beside other endpoints of the model (default: 1)" },
    "max-concurrency": { type: "string", value: "<n>", says: "Calls at once from each gateway (default: none, no bound)" },
    "probe-path": { type: "string", value: "<path>", says: "Asked to see whether it is well (default: models, which must list the model)" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const given = {
      model: values.model,
      url: values.url,
      upstreamModel: values["upstream-model"],
      credential: await credentialOf(values, process.stdin),
      weight: numberOf(values, "weight"),
      maxConcurrency: values["max-concurrency"] === "none" ? null : numberOf(values, "max-concurrency"),
      probePath: values["probe-path"] === "none" ? null : values["probe-path"],
    };
    const parsed = addUpstreamInput.safeParse(given);
    if (!parsed.success) throw new UsageError(problem(parsed.error.issues[0]));
    const added = await asOperator(env, async (ctx, config) =>
      addUpstream({ ctx, secret: await installationSecret(config), input: parsed.data }),
    );
    if (values.json) console.log(JSON.stringify(added));
    else console.log(told(added));
    for (const note of values.json ? [] : notes(added, parsed.data.model)) console.error(note);
    return 0;
  },
};

function numberOf(values: CommandInput["values"], option: string): number | undefined {
  if (values[option] === undefined) return undefined;
  const text = String(values[option]);
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--${option}: must be a whole number`);
  return Number(text);
}

const optionOf: Record<string, string> = { upstreamModel: "upstream-model", maxConcurrency: "max-concurrency", probePath: "probe-path" };

function problem(issue: { path: PropertyKey[]; message: string } | undefined): string {
  const member = String(issue?.path[0] ?? "");
  return `--${optionOf[member] ?? member}: ${issue?.message ?? "is not valid"}`;
}

function told({ upstream, created, serviceCreated }: AddedUpstream): string {
  const place = `${upstream.url} (${upstream.upstreamModel})`;
  if (!created) return `Changed ${upstream.id}: ${place} of ${upstream.accessName}.`;
  return `Added ${upstream.id}: ${place} to ${upstream.accessName}${serviceCreated ? ", which is new" : ""}.`;
}

const ownMachine = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/)/;

function notes({ upstream, priced, created }: AddedUpstream, model: string): string[] {
  const found: string[] = [];
  if (created) found.push(`\`hydra upstreams test ${upstream.id}\` asks whether it answers.`);
  if (!priced) {
    found.push(
      `${upstream.accessName} has no price yet, so nobody can call it. Set one: hydra admin set-price --model ${model} --input … --output … (for images: --image …)`,
    );
  }
  if (upstream.hasCredential && upstream.url.startsWith("http:") && !ownMachine.test(upstream.url)) {
    found.push("The address begins with http://, so that the credential travels readable for everybody on the way.");
  }
  return found;
}
