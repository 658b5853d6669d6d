"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { toast } from "#components/ui/toast.ts";
import { imageLimits } from "#lib/contracts/trial.ts";
import { imageTypes, resizeImage } from "./resize-image.ts";

/** Turns files that were picked, pasted or dropped into images of a question; says what could not be taken. */
export function useAttachments(current: () => string[], change: (images: string[]) => void): (files: Iterable<File>) => Promise<void> {
  const t = useTranslations("playground");
  return async (files) => {
    const images = [...files].filter((file) => imageTypes.includes(file.type));
    if (images.length === 0) return void toast.error(t("notAnImage"));
    for (const file of images) {
      if (current().length >= imageLimits.perMessage) return void toast.error(t("tooManyImages", { count: imageLimits.perMessage }));
      const url = await resizeImage(file);
      if (url) change([...current(), url]);
      else toast.error(t("imageUnreadable", { name: file.name }));
    }
  };
}

/** Files among what was pasted or dropped. */
export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}

/** Takes files that are dropped anywhere on the page: the browser would else leave it and show the file. */
export function useDrop(onFiles: (files: File[]) => void): void {
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  }, [onFiles]);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = filesOf(event.dataTransfer);
      if (files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, []);
}
