const windowMs = 10_000;

export interface Rate {
  /** Bytes there are now. */
  add(bytes: number, atMs?: number): void;
  /** Of the last ten seconds; 0 while nobody could say. */
  perSecond(): number;
}

/** How fast something grows, from samples of its size. */
export function createRate(): Rate {
  const samples: { bytes: number; at: number }[] = [];
  return {
    add(bytes, atMs = performance.now()) {
      samples.push({ bytes, at: atMs });
      // One sample older than the window stays, so that the figure covers all of it.
      while (samples.length > 2 && atMs - (samples[1]?.at ?? atMs) >= windowMs) samples.shift();
    },
    perSecond() {
      const [first, last] = [samples[0], samples.at(-1)];
      if (!first || !last || last.at === first.at) return 0;
      // A file that was thrown away and begun again shrinks.
      return Math.max(0, Math.round(((last.bytes - first.bytes) * 1000) / (last.at - first.at)));
    },
  };
}
