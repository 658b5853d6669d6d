import { parseConfig } from "#lib/config.ts";
import type { Command } from "../cli/command.ts";
import { examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

const marks = { ok: "✓", warn: "!", fail: "✗" };

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Check the set-up and what must always hold in the data",
  usage: "hydra doctor [--json]",
  options: { json: { type: "boolean", says: "Print the findings as JSON" } },
  async run({ values, env }) {
    const findings = await examine(parseConfig(env));
    const failed = findings.filter((finding) => finding.verdict === "fail").length;
    if (values.json) console.log(JSON.stringify({ ok: failed === 0, findings }));
    else console.log(`${findings.map(lineOf).join("\n")}\n\n${failed === 0 ? "All is well." : `${failed} failed.`}`);
    return failed === 0 ? 0 : 1;
  },
};

function lineOf({ verdict, name, says, advice }: Finding): string {
  return `${marks[verdict]} ${name}: ${says}${advice ? `\n    ${advice}` : ""}`;
}
