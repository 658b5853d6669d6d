"use client";

import { MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { MouseEvent } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ConversationSummary } from "#lib/contracts/conversations.ts";
import { addressOf } from "../conversation/use-address.ts";

interface HistoryItemProps {
  item: ConversationSummary;
  current: boolean;
  onOpen: () => void;
  onRename: () => void;
  onDelete: () => void;
}

export function HistoryItem({ item, current, onOpen, onRename, onDelete }: HistoryItemProps) {
  const t = useTranslations("playground");
  const open = (event: MouseEvent) => {
    // Another tab or window is the browser's own business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen();
  };
  return (
    <li className={cn("group/item relative flex items-center rounded-control hover:bg-hover", current && "bg-hover")}>
      <a
        href={addressOf(item.id)}
        onClick={open}
        aria-current={current ? "page" : undefined}
        className="flex min-w-0 flex-1 flex-col rounded-control py-1.5 pr-9 pl-2"
      >
        <span className={cn("truncate text-table", current && "font-medium")}>{item.title}</span>
        <span className="truncate text-[11.5px] text-muted leading-4">{item.excerpt ?? <Time at={item.updatedAt} past />}</span>
      </a>
      <div className="absolute right-0.5 opacity-0 focus-within:opacity-100 group-hover/item:opacity-100 has-[[data-state=open]]:opacity-100 [@media(hover:none)]:opacity-100">
        <Menu
          trigger={
            <Button variant="ghost" size="icon" aria-label={t("conversationMenu", { title: item.title })}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        >
          <MenuItem onSelect={onRename}>
            <Pencil aria-hidden />
            {t("rename")}
          </MenuItem>
          <MenuItem danger onSelect={onDelete}>
            <Trash2 aria-hidden />
            {t("delete")}
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}
