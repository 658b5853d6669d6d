import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "#components/ui/api.ts";
import { useLive } from "#components/ui/live/use-live.ts";
import { type ModelSummary, modelList } from "#lib/contracts/models.ts";
import { type ServiceState, type ServiceSummary, serviceList } from "#lib/contracts/services.ts";

/** While the console does not tell what changes. */
const refreshMs = 5_000;
const servicesShown = 100;

/** One entry of the model picker. */
export interface Target {
  accessName: string;
  name: string;
  kind: ModelSummary["kind"];
  demo: boolean;
  ready: boolean;
  contextLength: number | null;
  maxOutputTokens: number | null;
  /** Per token, in nano-units; null for what is billed by the instance. */
  tokenPrice: ModelSummary["tokenPrice"];
  /** An instance's hour; null for what is billed by token. */
  hourNano: string | null;
  /** The workspace's own service behind it; null for a public model. */
  service: { id: string; state: ServiceState } | null;
}

export interface Targets {
  shared: Target[];
  own: Target[];
  /** Own services that were found; more than `own` holds where there are very many. */
  ownTotal: number;
}

/**
 * What can be talked to: public models that have a service, and the workspace's own services. `search` is asked of the
 * server for services, of which there may be thousands; `chosen` is among them in any case, if it exists.
 */
export function useTargets(search: string, chosen: string) {
  const live = useLive(["playground", "targets"], "services", "models");
  return useQuery({
    queryKey: ["playground", "targets", search, chosen],
    refetchInterval: !live && refreshMs,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Targets> => {
      const find = (text: string) =>
        api({ path: "/api/services", query: { pageSize: servicesShown, search: text }, schema: serviceList, signal });
      const [models, found, exact] = await Promise.all([
        api({ path: "/api/models", schema: modelList, signal }),
        find(search),
        chosen === "" || chosen.startsWith("public/") ? null : find(chosen),
      ]);
      const facts = new Map(models.items.map((model) => [model.slug, model]));
      const services = new Map([...(exact?.items ?? []), ...found.items].map((service) => [service.accessName, service]));
      return {
        shared: models.items.filter(isServed).map(sharedTarget),
        own: [...services.values()].map((service) => ownTarget(service, facts.get(service.model.slug))),
        ownTotal: found.total,
      };
    },
  });
}

/** Those that an activity suits. */
export function ofKinds({ shared, own, ownTotal }: Targets, kinds: readonly Target["kind"][]): Targets {
  const suits = (target: Target) => kinds.includes(target.kind);
  return { shared: shared.filter(suits), own: own.filter(suits), ownTotal };
}

function isServed(model: ModelSummary): boolean {
  return model.tryUnavailable === null || model.tryUnavailable === "not_ready";
}

function sharedTarget(model: ModelSummary): Target {
  const { accessName, name, kind, demo, maxOutputTokens, tokenPrice } = model;
  const contextLength = model.servedContextLength ?? model.contextLength;
  const ready = model.tryUnavailable === null;
  return { accessName, name, kind, demo, ready, contextLength, maxOutputTokens, tokenPrice, hourNano: null, service: null };
}

function ownTarget(service: ServiceSummary, model: ModelSummary | undefined): Target {
  const { id, accessName, name, state, hourNano, contextLength } = service;
  const { kind, demo } = service.model;
  const limits = { contextLength, maxOutputTokens: model?.maxOutputTokens ?? null };
  return { accessName, name, kind, demo, ready: service.readyInstances > 0, ...limits, tokenPrice: null, hourNano, service: { id, state } };
}
