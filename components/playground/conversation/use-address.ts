"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

const base = "/playground";

/** Address of a conversation; null: a new one, with `model` chosen where it is given. */
export function addressOf(id: string | null, model = ""): string {
  if (id !== null) return `${base}?conversation=${encodeURIComponent(id)}`;
  return model ? `${base}?conversation=new&model=${encodeURIComponent(model)}` : `${base}?conversation=new`;
}

export interface Address {
  /** Null: a new conversation. */
  id: string | null;
  /** The model that the address asks for; empty: none. */
  model: string;
  /** Says neither conversation nor model: whoever comes back to the playground means what they looked at last. */
  bare: boolean;
  go: (address: string) => void;
  /** Without a step for the way back. */
  replace: (address: string) => void;
}

/** Which conversation the address names. Moving between them asks nothing of the server, and back and forward work. */
export function useAddress(): Address {
  const params = useSearchParams();
  const conversation = params.get("conversation");
  const model = params.get("model") ?? "";
  const go = useCallback((address: string) => window.history.pushState(null, "", address), []);
  const replace = useCallback((address: string) => window.history.replaceState(null, "", address), []);
  const id = conversation === null || conversation === "new" ? null : conversation;
  return { id, model, bare: conversation === null && model === "", go, replace };
}
