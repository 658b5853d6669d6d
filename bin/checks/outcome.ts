/** What one part of the checks counts to. */
export interface Outcome {
  passed: number;
  failed: number;
  /** What failed, as far as it has a name: file, test and the first line of why. */
  failures: string[];
}

/** A part that either holds or does not counts as one. */
export function asOne(holds: boolean): Outcome {
  return { passed: Number(holds), failed: Number(!holds), failures: [] };
}

/**
 * What a test runner counted, held against its exit code: one that failed without a failed test (its own set-up, an
 * uncaught error, nothing to run) counts as one failure.
 */
export function counted(counts: Outcome, exitCode: number): Outcome {
  const silent = counts.failed === 0 && (exitCode !== 0 || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

export function sum(outcomes: Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.reduce((total, { failed }) => total + failed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

/** The one line that ends a run. */
export function totalLine({ passed, failed }: Pick<Outcome, "passed" | "failed">): string {
  return `${passed} passed, ${failed} failed`;
}

/** What failed, for the end of a run: its own lines are thousands of lines further up. */
export function failureLines(parts: readonly { name: string; outcome: Outcome }[]): string[] {
  return parts.flatMap(({ name, outcome: { failed, failures } }) => {
    const named = failures.map((failure) => `  ${name}: ${failure}`);
    return failed > failures.length ? [...named, `  ${name}: ${failed - failures.length} more, named above`] : named;
  });
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** One failure's line. */
export function failureLine(file: string, test: string, message = ""): string {
  const why = message.replace(escapes, "").split("\n", 1)[0] as string;
  return [file, test, why].filter(Boolean).join(" › ");
}
