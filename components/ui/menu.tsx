"use client";

import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";

/** A menu that opens from its trigger (one focusable child). */
export function Menu({ trigger, children, align = "end" }: { trigger: ReactNode; children: ReactNode; align?: "start" | "end" }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 animate-fade rounded-box border bg-surface p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const item =
  "flex h-9 cursor-default select-none items-center gap-2 rounded-control px-2 text-table outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover md:h-8 [&_svg]:size-4 [&_svg]:text-muted";

export function MenuItem({ danger, className, ...props }: ComponentProps<typeof DropdownMenu.Item> & { danger?: boolean }) {
  return <DropdownMenu.Item className={cn(item, danger && "text-bad [&_svg]:text-bad", className)} {...props} />;
}

export function MenuRadioGroup(props: ComponentProps<typeof DropdownMenu.RadioGroup>) {
  return <DropdownMenu.RadioGroup {...props} />;
}

export function MenuRadioItem({ className, children, ...props }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={cn(item, "justify-between", className)} {...props}>
      <span className="flex items-center gap-2">{children}</span>
      <DropdownMenu.ItemIndicator className="size-1.5 rounded-full bg-accent" />
    </DropdownMenu.RadioItem>
  );
}

/** One of several that may be chosen together: the menu stays open. */
export function MenuCheckboxItem({ className, children, ...props }: ComponentProps<typeof DropdownMenu.CheckboxItem>) {
  return (
    <DropdownMenu.CheckboxItem className={cn(item, className)} onSelect={(event) => event.preventDefault()} {...props}>
      <span className="grid size-4 shrink-0 place-items-center rounded-[4px] border border-control">
        <DropdownMenu.ItemIndicator>
          <Check className="!text-accent" strokeWidth={2.5} aria-hidden />
        </DropdownMenu.ItemIndicator>
      </span>
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-faint text-label">{children}</DropdownMenu.Label>;
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />;
}
