export interface ReadLine {
  tone: "plain" | "warn" | "bad";
  /** What happened. */
  message: string;
  /** `name=value`, apart by spaces; empty where there are none. */
  facts: string;
}

/** Said beside every line anyway, or of no use to who reads one service's log. */
const known = new Set(["level", "time", "msg", "name", "pid", "hostname", "instanceId", "serviceId"]);
const warnLevel = 40;
const errorLevel = 50;

/** A line as people read it: our own engine writes JSON (pino's); what another engine writes stays as it is. */
export function readLine(text: string): ReadLine {
  const parsed = text.startsWith("{") ? parse(text) : null;
  if (parsed === null || typeof parsed.msg !== "string") return { tone: "plain", message: text, facts: "" };
  const level = Number(parsed.level ?? 0);
  const facts = Object.entries(parsed).filter(([name]) => !known.has(name));
  return {
    tone: level >= errorLevel ? "bad" : level >= warnLevel ? "warn" : "plain",
    message: parsed.msg,
    facts: facts.map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" "),
  };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
