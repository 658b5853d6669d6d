"use client";

import { type ComponentType, useState } from "react";
import { ApiError } from "./api.ts";
import { useErrorMessage } from "./error-message.ts";
import { toast } from "./toast.ts";

export interface OnDemand<Props> {
  /** Null until its script is there. */
  Component: ComponentType<Props> | null;
  /** For a pointer or the focus that comes near. Says nothing where it fails. */
  prepare: () => void;
  /** For who has asked for it: where its script cannot be had, a toast says so. Resolves to whether it is there. */
  want: () => Promise<boolean>;
}

/**
 * A component whose script comes when it is wanted, because most readers of the page never see it. Unlike `dynamic` of Next
 * a lost network does not take the page with it, and the next wish tries again.
 */
export function useOnDemand<Props>(load: () => Promise<ComponentType<Props>>): OnDemand<Props> {
  const message = useErrorMessage();
  const [Component, setComponent] = useState<ComponentType<Props> | null>(null);
  const fetch = async () => {
    try {
      const found = Component ?? (await load());
      setComponent(() => found);
      return true;
    } catch {
      return false;
    }
  };
  const want = async () => {
    const there = await fetch();
    if (!there) toast.error(message(new ApiError(0, { code: "network", message: "The console cannot be reached." })));
    return there;
  };
  return { Component, prepare: () => void fetch(), want };
}
