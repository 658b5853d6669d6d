"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { ApiError } from "#components/ui/api.ts";
import { Toaster } from "./toaster.tsx";

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // The console may run on this very machine, which then needs no network to be reached.
        networkMode: "always",
        // A refusal stays a refusal; only what never arrived is worth another try.
        retry: (count, error) => error instanceof ApiError && error.status === 0 && count < 2,
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** What every page stands in: queries, theme, toasts. */
export function Providers({ children, nonce }: { children: ReactNode; nonce: string | undefined }) {
  const [client] = useState(makeClient);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange {...(nonce ? { nonce } : {})}>
      <QueryClientProvider client={client}>
        {children}
        <Toaster />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
