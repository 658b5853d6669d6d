import type { ReactNode } from "react";
import { pageContext } from "#app/_server/session.ts";
import { Frame } from "#components/shell/frame.tsx";
import { me } from "#lib/services/account/me.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await pageContext();
  return <Frame me={await me({ ctx })}>{children}</Frame>;
}
