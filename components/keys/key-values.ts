import * as z from "zod/mini";
import { type ApiKeyLimits, type ApiKeyView, apiKeyLimits, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { amountToDecimal, parseAmount } from "#lib/money/nano.ts";
import { dateValue, type ExpiryChoice, expiryChoices, expiryMoment } from "./expiry.ts";

/** What stands in the form's fields, as text where it is typed. */
export interface KeyValues {
  name: string;
  /** `keep`: the expiry that the key has. */
  expiry: ExpiryChoice | "keep";
  date: string;
  models: "all" | "some";
  allowedModels: string[];
  /** One a line. */
  addresses: string;
  requestsPerMinute: string;
  tokensPerMinute: string;
  concurrency: string;
  /** In units of the currency. */
  budgetDay: string;
  budgetMonth: string;
}

export const countFields = ["requestsPerMinute", "tokensPerMinute", "concurrency"] as const;
export const budgetFields = ["budgetDay", "budgetMonth"] as const;

/** `10,000` and `10 000` are numbers to those who type them. */
const plain = (text: string) => text.replace(/[\s,_]/g, "");
const isCount = (text: string) =>
  plain(text) === "" || (/^\d{1,10}$/.test(plain(text)) && Number(plain(text)) >= 1 && Number(plain(text)) <= 1e9);
const isBudget = (text: string) => {
  const amount = plain(text) === "" ? 1n : parseAmount(plain(text));
  return amount !== null && amount > 0n && amount.toString().length <= 18;
};
const linesOf = (text: string) =>
  text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter(Boolean);

const count = z.string().check(z.refine(isCount));
const budget = z.string().check(z.refine(isBudget));

/** Says which fields are wrong; the sentences are the form's. */
export const keyValues: z.ZodMiniType<KeyValues, KeyValues> = z
  .object({
    name: createApiKeyInput.shape.name,
    expiry: z.enum([...expiryChoices, "keep"]),
    date: z.string(),
    models: z.enum(["all", "some"]),
    allowedModels: z.array(z.string()).check(z.maxLength(100)),
    addresses: z.string().check(z.refine((text) => linesOf(text).length <= 100 && linesOf(text).every((line) => line.length <= 64))),
    requestsPerMinute: count,
    tokensPerMinute: count,
    concurrency: count,
    budgetDay: budget,
    budgetMonth: budget,
  })
  .check(
    z.refine(({ expiry, date }) => expiry !== "date" || date >= dateValue(new Date()), { path: ["date"] }),
    z.refine(({ models, allowedModels }) => models === "all" || allowedModels.length > 0, { path: ["allowedModels"] }),
  );

export const noValues: KeyValues = {
  ...{ name: "", expiry: "never", date: "", models: "all", allowedModels: [], addresses: "" },
  ...{ requestsPerMinute: "", tokensPerMinute: "", concurrency: "", budgetDay: "", budgetMonth: "" },
};

/** A key as the form shows it. */
export function valuesOf({ name, expiresAt, limits }: ApiKeyView): KeyValues {
  const { requestsPerMinute, tokensPerMinute, concurrency, budgetDayNano, budgetMonthNano, allowedModels, allowedAddresses } = limits;
  const amount = (nano: string | null) => (nano === null ? "" : amountToDecimal(BigInt(nano)));
  return {
    ...{ name, expiry: expiresAt === null ? "never" : "keep", date: "" },
    ...{ models: allowedModels ? "some" : "all", allowedModels: allowedModels ?? [], addresses: (allowedAddresses ?? []).join("\n") },
    requestsPerMinute: requestsPerMinute?.toString() ?? "",
    tokensPerMinute: tokensPerMinute?.toString() ?? "",
    concurrency: concurrency?.toString() ?? "",
    budgetDay: amount(budgetDayNano),
    budgetMonth: amount(budgetMonthNano),
  };
}

export function limitsOf(values: KeyValues): ApiKeyLimits {
  const whole = (text: string) => (plain(text) === "" ? null : Number(plain(text)));
  const nano = (text: string) => (plain(text) === "" ? null : (parseAmount(plain(text))?.toString() ?? null));
  const addresses = linesOf(values.addresses);
  return apiKeyLimits.parse({
    requestsPerMinute: whole(values.requestsPerMinute),
    tokensPerMinute: whole(values.tokensPerMinute),
    concurrency: whole(values.concurrency),
    budgetDayNano: nano(values.budgetDay),
    budgetMonthNano: nano(values.budgetMonth),
    allowedModels: values.models === "all" ? null : values.allowedModels,
    allowedAddresses: addresses.length > 0 ? addresses : null,
  });
}

/** The expiry to send; undefined: it stays as it is. */
export function expiryToSend({ expiry, date }: Pick<KeyValues, "expiry" | "date">, now: Date): string | null | undefined {
  return expiry === "keep" ? undefined : expiryMoment(expiry, date, now);
}

export function hasLimits(limits: ApiKeyLimits): boolean {
  return Object.values(limits).some((limit) => limit !== null);
}
