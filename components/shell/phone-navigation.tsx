"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useOnDemand } from "#components/ui/on-demand.ts";

/** Wide screens never need it. */
const load = () => import("./drawer.tsx").then((module) => module.Drawer);

/** Where there is no room for the left navigation: a button, and the drawer that it opens. */
export function PhoneNavigation() {
  const t = useTranslations("shell");
  const [open, setOpen] = useState(false);
  const { Component: Drawer, want } = useOnDemand(load);
  return (
    <>
      <Button
        variant="ghost"
        size="icon"
        className="md:hidden"
        aria-label={t("openNavigation")}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={async () => {
          setOpen(true);
          if (!(await want())) setOpen(false);
        }}
      >
        <MenuIcon aria-hidden />
      </Button>
      {open && Drawer ? <Drawer onClose={() => setOpen(false)} /> : null}
    </>
  );
}
