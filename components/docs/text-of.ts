import { isValidElement, type ReactNode } from "react";

/** The words in a piece of content, without what its components add by themselves. */
export function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join(" ");
  if (typeof node !== "object" || node === null) return "";
  // Tables and snippets take their words by other names than children, also inside objects.
  return Object.values(isValidElement<Record<string, unknown>>(node) ? node.props : node)
    .map((value) => textOf(value as ReactNode))
    .join(" ");
}
