import type { LiveTopic } from "#lib/contracts/live.ts";

/**
 * Hands on what has changed: the first at once, then at most once in `everyMs`, with all that came meanwhile. `end` forgets
 * what waits.
 */
export function paced(tell: (topics: LiveTopic[]) => void, everyMs: number): { add(topic: LiveTopic): void; end(): void } {
  const waiting = new Set<LiveTopic>();
  let pause: NodeJS.Timeout | undefined;
  const flush = () => {
    pause = undefined;
    if (waiting.size === 0) return;
    pause = setTimeout(flush, everyMs);
    const topics = [...waiting];
    waiting.clear();
    tell(topics);
  };
  return {
    add(topic) {
      waiting.add(topic);
      if (!pause) flush();
    },
    end() {
      clearTimeout(pause);
      waiting.clear();
    },
  };
}
