import { parseAmount } from "#lib/money/nano.ts";
import { setTokenPrice } from "#lib/services/catalog/set-token-price.ts";
import { type Command, type CommandInput, UsageError } from "../cli/command.ts";
import { asOperator } from "./context.ts";

const perMillion = 1_000_000n;

export const setPriceCommand: Command = {
  name: "admin set-price",
  summary: "Set what calls of a model cost, from now or a later moment on",
  usage:
    "hydra admin set-price --model <slug> [--input <amount>] [--cached-input <amount>] [--output <amount>] [--image <amount>] [--from <time>] [--json]",
  options: {
    model: { type: "string", value: "<slug>", says: "Of the catalog, such as deepseek-r1", required: true },
    input: { type: "string", value: "<amount>", says: "For 1M input tokens, in units of HYDRA_CURRENCY, such as 4 or 0.5" },
    "cached-input": { type: "string", value: "<amount>", says: "For 1M input tokens that the model had cached (default: as --input)" },
    output: { type: "string", value: "<amount>", says: "For 1M output tokens" },
    image: { type: "string", value: "<amount>", says: "For one image" },
    from: { type: "string", value: "<time>", says: "ISO 8601, such as 2027-01-01T00:00:00Z (default: now)" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const input = {
      model: String(values.model),
      inputNano: perToken(values, "input"),
      cachedInputNano: perToken(values, "cached-input"),
      outputNano: perToken(values, "output"),
      imageNano: amount(values, "image"),
      effectiveFrom: moment(values),
    };
    const price = await asOperator(env, (ctx) => setTokenPrice({ ctx, input }));
    const { effectiveFrom, ...amounts } = price;
    const shown = Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, value?.toString() ?? null]));
    if (values.json) console.log(JSON.stringify({ model: input.model, ...shown, effectiveFrom: effectiveFrom.toISOString() }));
    else console.log(`The price of ${input.model} is set, from ${effectiveFrom.toISOString()} on.`);
    return 0;
  },
};

function amount(values: CommandInput["values"], option: string): bigint | null {
  if (values[option] === undefined) return null;
  const nano = parseAmount(String(values[option]));
  if (nano === null || nano < 0n) throw new UsageError(`--${option}: must be 0 or more, in units of the currency, such as 0.5`);
  return nano;
}

/** A token costs a whole number of nano-units: so many decimals has the price of a million. */
function perToken(values: CommandInput["values"], option: string): bigint | null {
  const nano = amount(values, option);
  if (nano === null) return null;
  if (nano % perMillion !== 0n) throw new UsageError(`--${option}: a price for 1M tokens has at most three decimals`);
  return nano / perMillion;
}

function moment(values: CommandInput["values"]): Date | null {
  if (values.from === undefined) return null;
  const at = new Date(String(values.from));
  if (Number.isNaN(at.getTime())) throw new UsageError("--from: must be a time such as 2027-01-01T00:00:00Z");
  return at;
}
