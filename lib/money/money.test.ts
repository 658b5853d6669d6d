import { expect, test } from "vitest";
import { formatMoney, formatTokenPrice, hourlyNano } from "./format.ts";
import { amountToDecimal, parseAmount, unitsToNano } from "./nano.ts";
import { tokenCost } from "./usage.ts";

const yuan = { currency: "CNY", locale: "en" };

test("amounts are read exactly, or not at all", () => {
  expect(parseAmount("12.5")).toBe(12_500_000_000n);
  expect(parseAmount(" 0.000000001 ")).toBe(1n);
  expect(parseAmount("-3")).toBe(-3_000_000_000n);
  expect(parseAmount("999999999999.999999999")).toBe(999_999_999_999_999_999_999n);
  for (const text of ["", "-", "1.", ".5", "1e3", "1,5", "0x10", "0.0000000001", "1234567890123", "١", "1 2", "NaN", "Infinity", "+1"]) {
    expect([text, parseAmount(text)]).toEqual([text, null]);
  }
});

test("amounts are written exactly, and read back the same", () => {
  expect(amountToDecimal(12_500_000_000n)).toBe("12.5");
  expect(amountToDecimal(0n)).toBe("0");
  expect(amountToDecimal(-1n)).toBe("-0.000000001");
  expect(amountToDecimal(100_000_000_000n)).toBe("100");
  for (const nano of [1n, -1n, 10n ** 18n + 1n, 999_999_999n, -1_000_000_001n]) expect(parseAmount(amountToDecimal(nano))).toBe(nano);
});

test("units are whole", () => {
  expect(unitsToNano(100)).toBe(100_000_000_000n);
  for (const units of [0.1, Number.NaN, 2 ** 53]) expect(() => unitsToNano(units)).toThrow(RangeError);
});

test("people read at least two decimals and as many more as there are", () => {
  expect(formatMoney(14_380_000_000n, yuan)).toBe("¥14.38");
  expect(formatMoney(100_000_000_000n, yuan)).toBe("¥100.00");
  expect(formatMoney(4_000n, yuan)).toBe("¥0.000004");
  expect(formatMoney(-1_500_000_000n, yuan)).toBe("-¥1.50");
  expect(formatMoney(0n, yuan, 2)).toBe("¥0.00");
  expect(formatMoney(1_000n, { currency: "JPY", locale: "en" }, 0)).toBe("< ¥1");
});

test("cut decimals never round up, and what would read as nothing says so", () => {
  expect(formatMoney(1_999_999_999n, yuan, 2)).toBe("¥1.99");
  expect(formatMoney(-1_999_999_999n, yuan, 2)).toBe("-¥1.99");
  expect(formatMoney(9_999_999n, yuan, 2)).toBe("< ¥0.01");
  expect(formatMoney(-9_999_999n, yuan, 2)).toBe("> -¥0.01");
  expect(formatMoney(10_000_000n, yuan, 2)).toBe("¥0.01");
});

test("figures beyond a float's reach stay exact", () => {
  expect(formatMoney(123_456_789_012_345_678_901n, yuan)).toBe("¥123,456,789,012.345678901");
});

test("token prices are quoted per million and per thousand, hours by count", () => {
  expect(formatTokenPrice(4_000n, 1_000_000n, yuan)).toBe("¥4.00");
  expect(formatTokenPrice(4_000n, 1_000n, yuan)).toBe("¥0.004");
  expect(formatTokenPrice(20n, 1_000_000n, yuan)).toBe("¥0.02");
  expect(hourlyNano(7_190_000_000n, 2)).toBe(14_380_000_000n);
});

test("cost is tokens × rates, with the cached part of the prompt at its own", () => {
  const rates = { inputNano: 4_000n, cachedInputNano: 1_000n, outputNano: 16_000n };
  expect(tokenCost({ input: 100, cached: 40, output: 50 }, rates)).toBe(60n * 4_000n + 40n * 1_000n + 50n * 16_000n);
  expect(tokenCost({ input: 0, cached: 0, output: 0 }, rates)).toBe(0n);
  expect(tokenCost({ input: 2_147_483_647, cached: 0, output: 2_147_483_647 }, rates)).toBe(2_147_483_647n * 20_000n);
});
