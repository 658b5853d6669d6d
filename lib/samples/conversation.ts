/** One message of a sample; images stand as a name that the reader fills in. */
export interface SampleMessage {
  role: "system" | "user" | "assistant";
  content: string;
  images?: number;
}

/** What a sample asks: messages and parameters by their names in the API, in the order in which they are shown. */
export interface SampleConversation {
  messages: SampleMessage[];
  parameters: Record<string, number>;
}

/** What every sample asks where there is no conversation yet. */
export const testConversation: SampleConversation = {
  messages: [{ role: "user", content: "Say this is a test!" }],
  parameters: { temperature: 0.7 },
};

/** Stands where an image's data goes. */
export const imagePlaceholder = "YOUR_IMAGE_AS_BASE64";

const shortChars = 80;

/** How a language writes an object's member: `"role": ` or `role: `. */
export interface Notation {
  member: (name: string) => string;
  /** Between an object's braces and its members. */
  padding: string;
}

export const jsonNotation: Notation = { member: (name) => `"${name}": `, padding: "" };
export const scriptNotation: Notation = { member: (name) => `${name}: `, padding: " " };

/** The messages as a list; one short message stays on its line, more stand below each other, indented by `indent`. */
export function messageList(messages: SampleMessage[], notation: Notation, indent: string): string {
  const written = messages.map((message) => messageObject(message, notation));
  const [only] = written;
  if (written.length === 1 && only !== undefined && only.length <= shortChars) return `[${only}]`;
  return `[\n${written.map((one) => `${indent}  ${one},\n`).join("")}${indent}]`;
}

/** As {@link messageList}, but strict JSON, which knows no comma behind the last one. */
export function messageJson(messages: SampleMessage[], indent: string): string {
  return messageList(messages, jsonNotation, indent).replace(/,(\n *\])$/, "$1");
}

function messageObject({ role, content, images = 0 }: SampleMessage, notation: Notation): string {
  if (images === 0)
    return object(notation, [
      ["role", text(role)],
      ["content", text(content)],
    ]);
  const url = object(notation, [["url", text(`data:image/jpeg;base64,${imagePlaceholder}`)]]);
  const image = object(notation, [
    ["type", text("image_url")],
    ["image_url", url],
  ]);
  const said =
    content === ""
      ? []
      : [
          object(notation, [
            ["type", text("text")],
            ["text", text(content)],
          ]),
        ];
  const parts = [...said, ...Array.from({ length: images }, () => image)];
  return object(notation, [
    ["role", text(role)],
    ["content", `[${parts.join(", ")}]`],
  ]);
}

function object({ member, padding }: Notation, members: [name: string, value: string][]): string {
  return `{${padding}${members.map(([name, value]) => member(name) + value).join(", ")}${padding}}`;
}

/** A text as JSON writes it, which Python and JavaScript read alike. */
function text(value: string): string {
  return JSON.stringify(value);
}
