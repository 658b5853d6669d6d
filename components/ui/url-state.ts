"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** New values by name; null, an empty text and an empty list remove it, a list repeats it. */
export type UrlChange = Record<string, string | readonly string[] | null>;
/** A change that builds on what stands there now; what was rendered last may be older. */
export type UrlUpdate = UrlChange | ((current: URLSearchParams) => UrlChange);

/**
 * The address's query and a way to change it in place, without asking the server again: for filters, paging and tabs,
 * so that reload, back and a shared link show the same.
 */
export function useUrlState(): [URLSearchParams, (change: UrlUpdate) => void] {
  const params = useSearchParams();
  const change = useCallback((update: UrlUpdate) => {
    const next = new URLSearchParams(window.location.search);
    const values = typeof update === "function" ? update(next) : update;
    for (const [name, value] of Object.entries(values)) {
      next.delete(name);
      for (const one of typeof value === "string" ? [value] : (value ?? [])) if (one !== "") next.append(name, one);
    }
    const query = next.size > 0 ? `?${next}` : "";
    if (query !== window.location.search) window.history.replaceState(null, "", window.location.pathname + query);
  }, []);
  return [params, change];
}
