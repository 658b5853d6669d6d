import type { ReactNode } from "react";
import { purposesRead } from "#app/_server/purposes-read.ts";
import { pageContext } from "#app/_server/session.ts";
import { Frame } from "#components/shell/frame.tsx";
import { PurposesRead } from "#components/ui/purpose.tsx";
import { me } from "#lib/services/account/me.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await pageContext();
  return (
    <PurposesRead pages={await purposesRead()}>
      <Frame me={await me({ ctx })}>{children}</Frame>
    </PurposesRead>
  );
}
