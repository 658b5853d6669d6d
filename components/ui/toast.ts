"use client";

import type { ExternalToast } from "sonner";

type Kind = "message" | "success" | "error";

/** Its script is there since the first sign of a reader (components/shell/toaster.tsx); where it could not be had, nothing can be said. */
function show(kind: Kind) {
  return (text: string, options?: ExternalToast): void => {
    import("sonner").then(
      ({ toast }) => toast[kind](text, options),
      () => {},
    );
  };
}

/** Says briefly what has happened, over whatever page is open. */
export const toast = Object.assign(show("message"), { success: show("success"), error: show("error") });
