/** A text of an instance without the bearer that it was shown: some repeat in an error what they refuse. */
export function withoutToken(text: string, token: string | null): string {
  if (!token) return text;
  // JSON may write a slash with a backslash before it, and JSON inside JSON with several.
  const written = token.split("/").map((part) => part.replace(/[^A-Za-z0-9]/g, "\\$&"));
  return text.replace(new RegExp(written.join("\\\\*/"), "g"), "[redacted]");
}
