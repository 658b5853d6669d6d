/** A piece of an answer that is drawn by itself, so that a finished one is never drawn again. */
export type Block =
  | { kind: "text"; text: string }
  /** `closed`: its end has been written. */
  | { kind: "code"; language: string; text: string; closed: boolean };

const fenceStart = /^(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const listItem = /^(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
/** From here on a list is cut between its items, so that the piece that still grows stays small. */
const longListChars = 3_000;

/**
 * Cuts markdown at places where nothing before depends on what comes: blank lines outside of lists, and code fences at
 * the margin. Text that only grows keeps its blocks, but for the last.
 */
export function splitBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let pending: string[] = [];
  let pendingChars = 0;
  let fence: { marker: string; language: string; lines: string[] } | null = null;
  const endText = () => {
    const joined = pending.join("\n").replace(/^(?:[ \t]*\n)+|\s+$/g, "");
    if (joined !== "") blocks.push({ kind: "text", text: joined });
    pending = [];
    pendingChars = 0;
  };
  for (const line of text.split("\n")) {
    if (fence) {
      if (closes(line, fence.marker)) {
        blocks.push({ kind: "code", language: fence.language, text: fence.lines.join("\n"), closed: true });
        fence = null;
      } else fence.lines.push(line);
      continue;
    }
    const opened = fenceStart.exec(line);
    if (opened) {
      endText();
      fence = { marker: opened[1] ?? "", language: (opened[2] ?? "").toLowerCase(), lines: [] };
      continue;
    }
    if (cutsBefore(line, pending, pendingChars)) endText();
    pending.push(line);
    pendingChars += line.length + 1;
  }
  endText();
  if (fence) blocks.push({ kind: "code", language: fence.language, text: fence.lines.join("\n"), closed: false });
  return blocks;
}

/** Whether `line` begins something new after the lines that wait. */
function cutsBefore(line: string, pending: string[], pendingChars: number): boolean {
  if (line.trim() === "" || /^\s/.test(line)) return false;
  const isItem = listItem.test(line);
  if (isItem && pendingChars > longListChars) return true;
  const afterBlank = pending.length > 0 && pending[pending.length - 1]?.trim() === "";
  if (!afterBlank) return false;
  // A list may go on behind a blank line, with its next item.
  return !(isItem && listItem.test(firstLine(pending)));
}

function firstLine(lines: string[]): string {
  return lines.find((line) => line.trim() !== "") ?? "";
}

function closes(line: string, marker: string): boolean {
  const text = line.trim();
  return text.length >= marker.length && text === (marker[0] ?? "`").repeat(text.length);
}
