"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { useOnDemand } from "#components/ui/on-demand.ts";

const load = () => import("./add-model-dialog.tsx").then((module) => module.AddModelDialog);

/** Brings a model of the workspace's own from a hub: the button and its dialog. */
export function AddModel() {
  const t = useTranslations("models");
  const [open, setOpen] = useState(false);
  const { Component: AddModelDialog, prepare, want } = useOnDemand(load);
  const ask = async () => {
    setOpen(true);
    if (!(await want())) setOpen(false);
  };
  return (
    <>
      <Button onPointerEnter={prepare} onClick={ask}>
        <Plus strokeWidth={1.75} aria-hidden />
        {t("add.button")}
      </Button>
      {open && AddModelDialog ? <AddModelDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
