"use client";

import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "#components/ui/cn.ts";

/** Entries of one kind under their name. */
export function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="pb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-label"
    >
      {children}
    </Command.Group>
  );
}

interface EntryProps {
  /** Unlike any other's while the palette is open. */
  id: string;
  icon: LucideIcon;
  title: string;
  /** What tells it from others of the same name. */
  note?: string | undefined;
  /** Whether the note is a name or key as programs use it. */
  code?: boolean | undefined;
  onSelect: () => void;
}

export function Entry({ id, icon: Icon, title, note, code, onSelect }: EntryProps) {
  return (
    <Command.Item
      value={id}
      onSelect={onSelect}
      className="flex min-h-10 cursor-pointer select-none items-center gap-2.5 rounded-control px-2 py-1.5 data-[selected=true]:bg-hover md:min-h-9"
    >
      <Icon className="size-4 shrink-0 text-muted" strokeWidth={1.75} aria-hidden />
      <span className="max-w-[75%] shrink-0 truncate">{title}</span>
      {note ? (
        <span className={cn("ml-auto min-w-0 shrink truncate pl-4 text-muted", code ? "font-mono text-code" : "text-table")}>{note}</span>
      ) : null}
    </Command.Item>
  );
}
