import { readFileSync } from "node:fs";
import type { Route } from "@playwright/test";

/** How a request fails: our own server refuses it, or it does not arrive. */
export const faults = {
  refused: (route: Route) => {
    const error = { code: "internal_error", message: "not for the reader", param: null, data: {}, requestId: "req_fault" };
    return route.fulfill({ status: 500, json: { error } });
  },
  lost: (route: Route) => route.abort("connectionfailed"),
} as const;
export type Fault = keyof typeof faults;

/** A message of a language by its namespace and name, such as `common.retry`. */
export type Words = (name: string) => string;

export function words(language: "en" | "zh"): Words {
  const read = (namespace: string) => {
    const text = readFileSync(new URL(`../messages/${language}/${namespace}.json`, import.meta.url), "utf8");
    return JSON.parse(text) as Record<string, unknown>;
  };
  return (name) => {
    const [namespace = "", ...path] = name.split(".");
    const found = path.reduce<unknown>((tree, key) => (tree as Record<string, unknown> | undefined)?.[key], read(namespace));
    if (typeof found !== "string") throw new Error(`there is no message ${name}`);
    return found;
  };
}
