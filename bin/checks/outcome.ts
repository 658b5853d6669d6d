/** What one part of the checks counts to. */
export interface Outcome {
  passed: number;
  failed: number;
}

/** A part that either holds or does not counts as one. */
export function asOne(holds: boolean): Outcome {
  return holds ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
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
  return outcomes.reduce((total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}

/** The one line that ends a run. */
export function totalLine({ passed, failed }: Outcome): string {
  return `${passed} passed, ${failed} failed`;
}
