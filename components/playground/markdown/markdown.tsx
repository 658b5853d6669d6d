"use client";

import { memo, useMemo } from "react";
import { defaultRehypePlugins, defaultRemarkPlugins, Streamdown } from "streamdown";
import { type Block, splitBlocks } from "./blocks.ts";
import { CodeFence } from "./code-fence.tsx";
import { elements } from "./elements.tsx";
import { htmlAsText } from "./raw-html.ts";

const remarkPlugins = [...Object.values(defaultRemarkPlugins), htmlAsText];
// Without `raw`, which would read HTML as such.
const rehypePlugins = Object.entries(defaultRehypePlugins).flatMap(([name, plugin]) => (name === "raw" ? [] : [plugin]));
const whole = (markdown: string) => [markdown];

/**
 * A model's answer as markdown. It is never trusted: no HTML, no remote image, links marked. It is cut into blocks, each
 * drawn once it is finished and never again, so that a long answer streams as smoothly as a short one.
 */
export function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return (
    <div className="flex min-w-0 flex-col gap-3 break-words leading-6">
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} growing={streaming && index === blocks.length - 1} />
      ))}
    </div>
  );
}

interface BlockProps {
  block: Block;
  growing: boolean;
}

const BlockView = memo(
  function BlockView({ block, growing }: BlockProps) {
    if (block.kind === "code") return <CodeFence code={block.text} language={block.language} closed={block.closed || !growing} />;
    return (
      <Streamdown
        mode={growing ? "streaming" : "static"}
        parseMarkdownIntoBlocksFn={whole}
        components={elements}
        remarkPlugins={remarkPlugins}
        rehypePlugins={rehypePlugins}
        controls={false}
        linkSafety={{ enabled: false }}
        className="space-y-3"
      >
        {block.text}
      </Streamdown>
    );
  },
  (before, after) => before.growing === after.growing && sameBlock(before.block, after.block),
);

function sameBlock(one: Block, other: Block): boolean {
  if (one.kind !== other.kind || one.text !== other.text) return false;
  return one.kind === "text" || (other.kind === "code" && one.closed === other.closed && one.language === other.language);
}
