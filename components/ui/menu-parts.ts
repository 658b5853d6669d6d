"use client";

import type { Menu } from "radix-ui/internal";
import { createContext, use } from "react";

/** What an open menu is made of; it comes with the menu's surface. */
export const MenuParts = createContext<typeof Menu | null>(null);

export function useMenuParts(): typeof Menu {
  const parts = use(MenuParts);
  if (!parts) throw new Error("An entry of a menu stands outside of a menu.");
  return parts;
}
