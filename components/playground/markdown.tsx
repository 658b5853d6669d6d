"use client";

import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { Streamdown } from "streamdown";
import { CopyButton } from "#components/ui/copy-button.tsx";

/** Text of a code block, which markdown hands over as nested elements. */
function textOf(node: unknown): string {
  if (typeof node === "string") return node;
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node && typeof node === "object" && "props" in node) return textOf((node.props as { children?: unknown }).children);
  return "";
}

function CodeFence({ children }: ComponentProps<"pre">) {
  const t = useTranslations("playground");
  const code = textOf(children);
  return (
    <div className="relative my-3 overflow-hidden rounded-box border bg-sunken">
      <CopyButton text={code} label={t("code")} className="absolute top-1 right-1" />
      <pre className="overflow-x-auto p-4 pr-12 font-mono text-code" tabIndex={0}>
        <code>{code}</code>
      </pre>
    </div>
  );
}

/** A model's pictures are not fetched: the address may be anybody's. */
function NamedImage({ alt }: ComponentProps<"img">) {
  const t = useTranslations("playground");
  return <span className="text-muted">{t("imageLeftOut", { alt: alt ?? "" })}</span>;
}

function OutsideLink({ href, children }: ComponentProps<"a">) {
  const safe = href && /^https?:/.test(href);
  if (!safe) return <span>{children}</span>;
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline underline-offset-2">
      {children}
    </a>
  );
}

const components = { pre: CodeFence, img: NamedImage, a: OutsideLink };

/** A model's answer as markdown. It is never trusted: no HTML, no remote image, links marked. */
export function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  return (
    <Streamdown
      mode={streaming ? "streaming" : "static"}
      components={components}
      skipHtml
      controls={false}
      className="break-words leading-6"
    >
      {text}
    </Streamdown>
  );
}
