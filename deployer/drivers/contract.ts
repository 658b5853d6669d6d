import { describe } from "vitest";
import { type ContractOptions, type ContractPlace, onStage, timeoutMs } from "./contract-place.ts";
import { cutTests, endTests, faultTests, laterDriverTests, logTests, startTests } from "./contract-runs.ts";
import { standingTests } from "./contract-standing.ts";

export { type ContractOptions, type ContractPlace, eventually, newRef, until } from "./contract-place.ts";

/** What every driver must hold that brings runs up and down, on the real thing. */
export function driverContract(name: string, createPlace: () => Promise<ContractPlace>, options: ContractOptions = {}): void {
  describe(`driver contract: ${name}`, { timeout: timeoutMs(options) }, () => {
    const stage = onStage(createPlace, options);
    startTests(stage);
    endTests(stage);
    laterDriverTests(stage);
    faultTests(stage);
    logTests(stage);
    cutTests(stage);
  });
}

/** What a driver must hold whose endpoints stand already: it starts and ends nothing, and knows only whether they answer. */
export function standingContract(name: string, createPlace: () => Promise<ContractPlace>, options: ContractOptions = {}): void {
  describe(`driver contract: ${name}`, { timeout: timeoutMs(options) }, () => {
    const stage = onStage(createPlace, options);
    standingTests(stage);
    cutTests(stage);
  });
}
