import { BookOpen, Boxes, KeyRound, type LucideIcon, PanelTop, Server } from "lucide-react";
import type { SearchResult } from "#lib/contracts/search.ts";
import type { Place } from "./recent.ts";

export const placeIcon: Record<Place["kind"], LucideIcon> = {
  page: PanelTop,
  model: Boxes,
  service: Server,
  key: KeyRound,
  doc: BookOpen,
};

/** A place as a search shows it. */
export interface FoundPlace extends Place {
  note: string;
  code: boolean;
}

export interface FoundGroup {
  group: "services" | "keys" | "models" | "docs";
  places: FoundPlace[];
}

/** Before anything is typed, what everybody sees is left out and the workspace's own is a glance. */
const glance = 3;

/** Places of each kind that has any; in the order in which they are shown. */
export function foundPlaces({ services, keys, models, docs }: SearchResult, typed: boolean): FoundGroup[] {
  const most = typed ? Number.POSITIVE_INFINITY : glance;
  const groups: FoundGroup[] = [
    {
      group: "services",
      places: services
        .slice(0, most)
        .map(({ id, name, accessName }) => ({ kind: "service", href: `/services/${id}`, title: name, note: accessName, code: true })),
    },
    {
      group: "keys",
      places: keys
        .slice(0, most)
        .map(({ id, name, masked }) => ({ kind: "key", href: `/keys/${id}`, title: name, note: masked, code: true })),
    },
    {
      group: "models",
      places: (typed ? models : []).map(({ slug, name, provider }) => ({
        ...{ kind: "model", href: `/models/${slug}`, title: name, note: provider, code: false },
      })),
    },
    {
      group: "docs",
      places: (typed ? docs : []).map(({ href, title, chapter }) => ({ kind: "doc", href, title, note: chapter, code: false })),
    },
  ];
  return groups.filter(({ places }) => places.length > 0);
}
