import Link from "next/link";
import { Logo } from "./logo.tsx";

/** The console's name above a navigation, which leads to its first page. */
export function Brand() {
  return (
    <Link href="/models" className="flex h-14 items-center gap-2 border-b px-5 font-semibold text-[15px]">
      <Logo className="size-5 text-accent" />
      Hydra
    </Link>
  );
}
