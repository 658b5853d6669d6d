import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

/** Stands in place of what is not there, or no longer: what happened, and the way on. */
export function Missing({ title, text, way }: { title: ReactNode; text: ReactNode; way: { href: string; label: string } }) {
  return (
    <div role="status" className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-center justify-center gap-3 px-4 text-center">
      <h1 className="break-words font-semibold text-title">{title}</h1>
      <p className="text-balance text-muted">{text}</p>
      <Button asChild className="mt-2">
        <Link href={way.href}>{way.label}</Link>
      </Button>
    </div>
  );
}
