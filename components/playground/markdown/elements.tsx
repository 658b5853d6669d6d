"use client";

import { ExternalLink } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ComponentProps, ReactNode } from "react";
import { CodeFence } from "./code-fence.tsx";

/** Text of nested elements. */
function textOf(node: ReactNode): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node && typeof node === "object" && "props" in node) return textOf((node.props as { children?: ReactNode }).children);
  return "";
}

function languageOf(node: ReactNode): string {
  if (Array.isArray(node)) return node.map(languageOf).find((name) => name !== "") ?? "";
  if (!node || typeof node !== "object" || !("props" in node)) return "";
  const { className } = node.props as { className?: string };
  return /(?:^|\s)language-(\S+)/.exec(className ?? "")?.[1]?.toLowerCase() ?? "";
}

/** Code inside of a list or a quote; at the margin it is a block of its own. */
function Pre({ children }: ComponentProps<"pre">) {
  return <CodeFence code={textOf(children).replace(/\n$/, "")} language={languageOf(children)} closed />;
}

function InlineCode({ children }: ComponentProps<"code">) {
  return <code className="rounded-[4px] bg-sunken px-1 py-0.5 font-mono text-code">{children}</code>;
}

/** A model's pictures are not fetched: the address may be anybody's, and tells them who reads. */
function NamedImage({ alt }: ComponentProps<"img">) {
  const t = useTranslations("playground");
  return <span className="text-muted">{t("imageLeftOut", { alt: alt ?? "" })}</span>;
}

/** Leads away from the console, and says so. */
function OutsideLink({ href, children }: ComponentProps<"a">) {
  const t = useTranslations("playground");
  if (!href || !/^(?:https?|mailto):/i.test(href)) return <span>{children}</span>;
  return (
    <a
      href={href}
      title={href}
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
      className="break-words text-accent underline underline-offset-2"
    >
      {children}
      <ExternalLink className="ml-0.5 inline size-3 align-baseline" strokeWidth={1.75} aria-hidden />
      <span className="sr-only"> {t("opensNewTab")}</span>
    </a>
  );
}

/** Wide tables scroll by themselves. */
function Table({ children }: ComponentProps<"table">) {
  const t = useTranslations("playground");
  return (
    <section aria-label={t("table")} tabIndex={0} className="overflow-x-auto rounded-box border">
      <table className="w-full border-collapse text-left text-table [&_td]:border-t [&_td]:px-3 [&_td]:py-2 [&_td]:align-top [&_th]:px-3 [&_th]:py-2">
        {children}
      </table>
    </section>
  );
}

const TableHead = ({ children }: ComponentProps<"thead">) => <thead className="bg-sunken text-label text-muted">{children}</thead>;
const TableBody = ({ children }: ComponentProps<"tbody">) => <tbody>{children}</tbody>;
const TableRow = ({ children }: ComponentProps<"tr">) => <tr>{children}</tr>;
const HeadCell = ({ children, style }: ComponentProps<"th">) => (
  <th scope="col" style={style} className="font-medium">
    {children}
  </th>
);
const Cell = ({ children, style }: ComponentProps<"td">) => <td style={style}>{children}</td>;

const heading = "font-semibold text-[15px] leading-6 first:mt-0";
/** They stand below the message's own; all on one level, because a model may begin with any. */
const Large = ({ children }: ComponentProps<"h1">) => <h3 className={`${heading} mt-2 text-[17px]`}>{children}</h3>;
const Middle = ({ children }: ComponentProps<"h2">) => <h3 className={`${heading} mt-1.5`}>{children}</h3>;
const Small = ({ children }: ComponentProps<"h3">) => <h3 className={`${heading} mt-1 text-[14px]`}>{children}</h3>;

const Bullets = ({ children }: ComponentProps<"ul">) => <ul className="list-disc pl-5 marker:text-muted">{children}</ul>;
const Numbers = ({ children, start }: ComponentProps<"ol">) => (
  <ol start={start} className="list-decimal pl-6 marker:text-muted">
    {children}
  </ol>
);
const Quote = ({ children }: ComponentProps<"blockquote">) => (
  <blockquote className="space-y-2 border-line border-l-2 pl-3 text-muted">{children}</blockquote>
);
const Rule = () => <hr className="border-line" />;

export const elements = {
  pre: Pre,
  inlineCode: InlineCode,
  img: NamedImage,
  a: OutsideLink,
  table: Table,
  thead: TableHead,
  tbody: TableBody,
  tr: TableRow,
  th: HeadCell,
  td: Cell,
  h1: Large,
  h2: Middle,
  h3: Small,
  h4: Small,
  h5: Small,
  h6: Small,
  ul: Bullets,
  ol: Numbers,
  blockquote: Quote,
  hr: Rule,
};
