"use client";

import { useEffect } from "react";
import { useOnDemand } from "#components/ui/on-demand.ts";

const load = () => import("sonner").then((module) => module.Toaster);
const signs = ["pointermove", "pointerdown", "keydown", "click"] as const;

/**
 * Where toasts stand. Each answers something that the reader has done, so its script comes with the first sign of one: early
 * enough also for the toast that says that the network is lost.
 */
export function Toaster() {
  const { Component: Region, prepare } = useOnDemand(load);
  useEffect(() => {
    if (Region) return;
    const heard = new AbortController();
    for (const sign of signs) window.addEventListener(sign, prepare, { capture: true, once: true, signal: heard.signal });
    return () => heard.abort();
  }, [Region, prepare]);
  if (!Region) return null;
  return (
    <Region
      position="bottom-right"
      toastOptions={{ className: "!font-sans !bg-surface !text-ink !border-line !rounded-box !shadow-float" }}
    />
  );
}
