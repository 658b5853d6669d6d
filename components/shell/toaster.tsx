"use client";

import { useTranslations } from "next-intl";
import { type CSSProperties, useEffect } from "react";
import { cn } from "#components/ui/cn.ts";
import { useOnDemand } from "#components/ui/on-demand.ts";

const load = () => import("sonner").then((module) => module.Toaster);

/** Below the window's edge, over the top bar: what was just done, the composer and every dialog lie further down. */
const topPx = 6;

/** Two lines at most on a phone and one on a wide screen, so that they end where the page's own controls begin. */
const size = "sm:!inset-x-0 sm:!mx-auto sm:!w-fit !gap-2 !px-3.5 !py-2";

/** As wide as the longest may be; in the console's colours in both themes, their buttons too. */
const style = {
  "--width": "560px",
  "--normal-bg": "var(--surface)",
  "--normal-border": "var(--line)",
  "--normal-text": "var(--ink)",
} as CSSProperties;

const signs = ["pointermove", "pointerdown", "keydown", "click"] as const;

/**
 * Where toasts stand. Each answers something that the reader has done, so its script comes with the first sign of one: early
 * enough also for the toast that says that the network is lost.
 */
export function Toaster() {
  const t = useTranslations("shell");
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
      position="top-center"
      offset={topPx}
      mobileOffset={{ top: topPx }}
      gap={4}
      style={style}
      containerAriaLabel={t("notifications")}
      toastOptions={{
        className: cn("!rounded-box !font-sans !shadow-float", size),
        classNames: {
          title: "!leading-[18px]",
          actionButton: "focus-visible:!shadow-none focus-visible:!outline-2 focus-visible:!outline-accent focus-visible:!outline-offset-2",
        },
      }}
    />
  );
}
