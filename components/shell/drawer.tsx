"use client";

import { useTranslations } from "next-intl";
import { Dialog as Primitive } from "radix-ui";
import { useOpener } from "#components/ui/opener.ts";
import { Brand } from "./brand.tsx";
import { Nav } from "./nav.tsx";

/** The navigation over the page. */
export function Drawer({ onClose }: { onClose: () => void }) {
  const t = useTranslations("shell");
  const returnFocus = useOpener(true);
  return (
    <Primitive.Root open onOpenChange={(open) => open || onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40 md:hidden" />
        <Primitive.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnFocus();
          }}
          className="fixed inset-y-0 left-0 z-50 w-64 animate-fade border-r bg-surface shadow-float focus:outline-none md:hidden"
        >
          <Primitive.Title className="sr-only">{t("mainNavigation")}</Primitive.Title>
          <Brand />
          <Nav onNavigate={onClose} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
