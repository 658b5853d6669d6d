import { defineConfig } from "@playwright/test";
import { findChromium } from "./bin/checks/chromium.ts";
import { freePort } from "./test/free-port.ts";

// Workers read this file too, and must see the addresses that the first reading chose.
process.env.HYDRA_E2E_CONSOLE_URL ??= `http://localhost:${await freePort()}`;
process.env.HYDRA_E2E_GATEWAY_URL ??= `http://localhost:${await freePort()}`;
const chromium = process.env.HYDRA_E2E_CHROMIUM ?? (await findChromium()) ?? undefined;

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/installation.ts",
  outputDir: "test-results",
  // One installation serves all tests, and each makes an account of its own.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: process.env.HYDRA_E2E_CONSOLE_URL,
    browserName: "chromium",
    launchOptions: { executablePath: chromium },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    locale: "en-US",
  },
});
