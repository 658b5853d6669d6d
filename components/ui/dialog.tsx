"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { useOpener } from "./opener.ts";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** The consequence, first. */
  description?: ReactNode;
  children: ReactNode;
  /** While true, a click outside or Esc does not close: something was typed. */
  keepOpen?: boolean;
  /** Leaves out the ✕: the dialog closes by its own button alone. */
  hideClose?: boolean;
  className?: string;
}

/** A modal; on a phone it sits at the bottom edge. Focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, children, keepOpen, hideClose, className }: DialogProps) {
  const t = useTranslations("common");
  const returnFocus = useOpener(open);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40" />
        <Primitive.Content
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 max-h-[90dvh] animate-enter overflow-y-auto rounded-t-card border bg-surface p-5 shadow-float focus:outline-none sm:inset-x-auto sm:top-[12vh] sm:bottom-auto sm:left-1/2 sm:w-[28rem] sm:-translate-x-1/2 sm:rounded-card",
            className,
          )}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus();
          }}
          onInteractOutside={(event) => keepOpen && event.preventDefault()}
          onEscapeKeyDown={(event) => keepOpen && event.preventDefault()}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <div className="flex flex-col gap-1">
              <Primitive.Title className="font-semibold text-[16px] leading-6">{title}</Primitive.Title>
              {description ? (
                <Primitive.Description asChild>
                  <div className="text-pretty text-muted">{description}</div>
                </Primitive.Description>
              ) : null}
            </div>
            {hideClose ? null : (
              <Primitive.Close asChild>
                <Button variant="ghost" size="icon" aria-label={t("close")} className="-mt-1 -mr-2">
                  <X aria-hidden />
                </Button>
              </Primitive.Close>
            )}
          </div>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Buttons at the dialog's foot, the deciding one at the right. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex justify-end gap-2">{children}</div>;
}
