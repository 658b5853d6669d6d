import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// Our own sizes of globals.css; otherwise `text-label` would count as a colour and drop `text-muted`.
const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["label", "table", "body", "title", "figure", "code"] }] } },
});

/** Joins class names; of two that set the same property the later wins. */
export function cn(...values: ClassValue[]): string {
  return merge(clsx(values));
}
