import { serviceName } from "#lib/contracts/services.ts";

const longest = 64;

/** The `attempt`-th name to suggest for a model: its slug, then `slug-2`, `slug-3` …; empty where no valid name comes of it. */
export function suggestName(slug: string, attempt: number): string {
  const suffix = attempt > 1 ? `-${attempt}` : "";
  const name = `${slug.slice(0, longest - suffix.length).replace(/[.-]+$/, "")}${suffix}`;
  return serviceName.safeParse(name).success ? name : "";
}
