import { Boxes, KeyRound, type LucideIcon, MessageSquareText, Server } from "lucide-react";

export interface NavigationItem {
  /** Name in messages/<language>/shell.json. */
  key: "models" | "playground" | "services" | "keys";
  href: string;
  icon: LucideIcon;
}

/** The pages of the left navigation, in order. */
export const navigation: NavigationItem[] = [
  { key: "models", href: "/models", icon: Boxes },
  { key: "playground", href: "/playground", icon: MessageSquareText },
  { key: "services", href: "/services", icon: Server },
  { key: "keys", href: "/keys", icon: KeyRound },
];
