/**
 * Puts a text on the clipboard; false where the browser lets nobody do so. Over plain HTTP, as on a local network, the
 * clipboard's own interface is missing: there a selection is copied. `near` is where the press was.
 */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text, near);
  }
}

/** Beside what was pressed: a dialog takes the focus away from what lies outside of it, and with it the selection. */
function copySelection(text: string, near: HTMLElement): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.setAttribute("aria-hidden", "true");
  // In view, so that nothing scrolls; and large enough that no phone zooms in.
  Object.assign(field.style, { position: "fixed", top: "0", left: "0", opacity: "0", fontSize: "16px" });
  near.after(field);
  try {
    field.select();
    return document.execCommand("copy");
  } finally {
    field.remove();
    near.focus();
  }
}
