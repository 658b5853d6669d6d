/** A name inside of a sentence: it goes to the next line as a whole, and breaks only where it is longer than a line. */
export function WholeName({ children }: { children: string }) {
  return <span className="inline-block max-w-full [overflow-wrap:anywhere]">{children}</span>;
}
