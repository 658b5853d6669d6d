import type { InstancePriceRow, PriceList, TokenPriceRow } from "#lib/contracts/pricing.ts";

/** The prices whose model, region or instance type holds every word of the text, in either language. */
export function filterPrices({ tokens, instances }: PriceList, text: string): Pick<PriceList, "tokens" | "instances"> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (parts: (string | null)[]) => {
    const whole = parts.join(" ").toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  return {
    tokens: tokens.filter((row) => holds(namesOfModel(row))),
    instances: instances.filter((row) => holds(namesOfType(row))),
  };
}

function namesOfModel({ name, accessName, provider }: TokenPriceRow): string[] {
  return [name, accessName, provider];
}

function namesOfType({ name, gpuModel, region }: InstancePriceRow): (string | null)[] {
  return [name, gpuModel, region.name, region.label.en, region.label.zh];
}
