/** An endpoint that stands already, as whoever calls it needs it. */
export interface UpstreamEndpoint {
  id: string;
  /** Base address of its API, e.g. `https://host/api/v1`. */
  url: string;
  /** Name of the model there. */
  upstreamModel: string;
  /** Bearer that it asks for; null: none. Never in a log, an error or an observation. */
  credential: string | null;
  /** The credential is kept but cannot be read with this installation's secret. */
  unreadable: boolean;
  /** What is asked to see whether it is well, below the address; null: `models`, which must list the model. */
  probePath: string | null;
}

export function sameEndpoint(a: UpstreamEndpoint, b: UpstreamEndpoint): boolean {
  return (
    a.id === b.id &&
    a.url === b.url &&
    a.upstreamModel === b.upstreamModel &&
    a.credential === b.credential &&
    a.unreadable === b.unreadable &&
    a.probePath === b.probePath
  );
}
