const smoothMs = 22;
const mostSkipped = 12;
const hiddenMs = 500;

/**
 * Runs `paint` at most once a frame, however often it is asked for. Where the frame after a paint comes late, some are
 * left out before the next one, so that most frames stay free for scrolling and typing. A hidden page gets no frames:
 * there a timer serves.
 */
export function framePacer(paint: () => void): { ask(): void; flush(): void } {
  let waiting = false;
  let skipped = 0;
  const run = () => {
    if (!waiting) return;
    waiting = false;
    const startMs = performance.now();
    paint();
    requestAnimationFrame(() => {
      const late = performance.now() - startMs > smoothMs;
      skipped = late ? Math.min(mostSkipped, skipped * 2 + 2) : Math.max(0, skipped - 1);
    });
  };
  const wait = (frames: number) => requestAnimationFrame(() => (frames > 0 ? wait(frames - 1) : run()));
  return {
    ask() {
      if (waiting) return;
      waiting = true;
      if (document.hidden) setTimeout(run, hiddenMs);
      else wait(skipped);
    },
    flush: run,
  };
}
