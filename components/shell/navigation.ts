import { BookOpen, Boxes, KeyRound, type LucideIcon, MessageSquareText, Server, Tag } from "lucide-react";

export interface NavigationItem {
  /** Name in messages/<language>/shell.json. */
  key: "models" | "playground" | "services" | "keys" | "pricing" | "docs";
  href: string;
  icon: LucideIcon;
  /** Shown below it while one of them is open. */
  children?: { key: "text" | "image"; href: string }[];
}

/** The pages of the left navigation, in order. */
export const navigation: NavigationItem[] = [
  { key: "models", href: "/models", icon: Boxes },
  {
    key: "playground",
    href: "/playground",
    icon: MessageSquareText,
    children: [
      { key: "text", href: "/playground" },
      { key: "image", href: "/playground/image" },
    ],
  },
  { key: "services", href: "/services", icon: Server },
  { key: "keys", href: "/keys", icon: KeyRound },
  { key: "pricing", href: "/pricing", icon: Tag },
  { key: "docs", href: "/docs", icon: BookOpen },
];

/** Whether a path lies at an address or below it. */
export function isWithin(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}
