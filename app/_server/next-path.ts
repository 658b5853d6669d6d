import "server-only";

const home = "/models";

/** Where to go after signing in: a path of this console, never another site's address. */
export function nextPath(value: string | string[] | undefined): string {
  if (typeof value !== "string" || !value.startsWith("/")) return home;
  const url = URL.parse(value, "http://console.invalid");
  return url?.host === "console.invalid" ? url.pathname + url.search : home;
}
