"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";

/** The images of the question that is being written. */
export function Attachments({ images, onRemove }: { images: string[]; onRemove: (index: number) => void }) {
  const t = useTranslations("playground");
  if (images.length === 0) return null;
  return (
    <ul aria-label={t("attachments")} className="flex flex-wrap gap-2 px-1 pt-1 pb-2">
      {images.map((url, index) => (
        <li key={index} className="relative">
          {/* biome-ignore lint/performance/noImgElement: a data URL has nothing to optimise */}
          <img src={url} alt={t("attachedImage", { number: index + 1 })} className="size-16 rounded-control border object-cover" />
          <button
            type="button"
            aria-label={t("removeImage", { number: index + 1 })}
            onClick={() => onRemove(index)}
            className="absolute -top-2 -right-2 grid size-6 place-items-center rounded-full border bg-surface text-muted shadow-sm hover:text-ink"
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
