import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "#components/ui/api.ts";
import { searchResult } from "#lib/contracts/search.ts";

const pauseMs = 120;
/** What a workspace has changes; the palette asks again when it is opened later. */
const freshMs = 5_000;

/** What the server finds for a text, once typing has paused; while one types on, the last results stay. */
export function useSearch(text: string) {
  const wanted = text.trim();
  const settled = useSettled(wanted);
  const search = useQuery({
    queryKey: ["search", settled],
    queryFn: ({ signal }) => api({ path: "/api/search", query: { q: settled }, schema: searchResult, signal }),
    placeholderData: (last, lastQuery) => {
      const before = String(lastQuery?.queryKey[1] ?? "");
      return before !== "" && settled.startsWith(before) ? last : undefined;
    },
    staleTime: freshMs,
  });
  // What stood there before anything was typed does not answer a text.
  const answers = settled !== "" || wanted === "";
  return { found: answers ? search.data : undefined, error: search.error, busy: search.isFetching || settled !== wanted };
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
