let second = Number.NaN;
let upToSecond = "";

/** A moment (milliseconds of the wall clock) as `2026-11-20T20:45:00.123Z`. Moments of one second cost little after the first. */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  if (whole !== second) {
    second = whole;
    upToSecond = new Date(whole * 1_000).toISOString().slice(0, -"000Z".length);
  }
  return `${upToSecond}${String(Math.floor(ms - whole * 1_000)).padStart(3, "0")}Z`;
}
