import { parseArgs } from "node:util";
import { explain } from "../installation/explain.ts";
import { runPlaywright } from "./e2e.ts";
import { runKubernetes, whyNoKubernetes } from "./kubernetes.ts";
import { asOne, failureLines, type Outcome, sum, totalLine } from "./outcome.ts";
import { checkImportRules, checkLint, checkTypes, checkUnused } from "./static.ts";
import { runVitest } from "./unit.ts";

interface Part {
  name: string;
  run(): Promise<Outcome>;
}

const usage = "Usage: npm test [-- --only types|lint|imports|unused|unit|e2e], npm run check, or npm run test:k8s [-- --if-possible]";

const fixed: Part[] = [
  { name: "types", run: checkTypes },
  { name: "lint", run: checkLint },
  { name: "imports", run: checkImportRules },
  { name: "unused", run: checkUnused },
];

function partsFor(values: { check?: boolean; k8s?: boolean; only?: string }): Part[] | null {
  if (values.k8s) return [{ name: "kubernetes", run: runKubernetes }];
  const whole: Part[] = [
    ...fixed,
    { name: "unit", run: () => runVitest({ fastOnly: values.check === true }) },
    { name: "e2e", run: runPlaywright },
  ];
  if (values.only) {
    const chosen = whole.filter((part) => part.name === values.only);
    return chosen.length > 0 ? chosen : null;
  }
  return values.check ? whole.filter((part) => part.name !== "e2e") : whole;
}

/** A part that cannot be run has failed; the others are run all the same. */
async function runPart(part: Part): Promise<Outcome> {
  const start = performance.now();
  console.log(`\n── ${part.name}`);
  try {
    const outcome = await part.run();
    console.log(`── ${part.name}: ${totalLine(outcome)} (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
    return outcome;
  } catch (error) {
    console.error(explain(error));
    return asOne(false);
  }
}

async function main(): Promise<number> {
  let values: { check?: boolean; k8s?: boolean; "if-possible"?: boolean; only?: string; help?: boolean };
  try {
    const flag = { type: "boolean" } as const;
    values = parseArgs({ options: { check: flag, k8s: flag, "if-possible": flag, only: { type: "string" }, help: flag } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return 2;
  }
  const parts = partsFor(values);
  if (values.help || !parts) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const whyNot = values.k8s && values["if-possible"] ? whyNoKubernetes() : null;
  if (whyNot !== null) {
    console.log(`Kubernetes tests were not run: ${whyNot}`);
    return 0;
  }
  const ran: { name: string; outcome: Outcome }[] = [];
  for (const part of parts) ran.push({ name: part.name, outcome: await runPart(part) });
  const total = sum(ran.map(({ outcome }) => outcome));
  console.log(["", ...failureLines(ran), totalLine(total)].join("\n"));
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exitCode = await main();
