import { useQuery } from "@tanstack/react-query";
import { api } from "#components/ui/api.ts";
import { modelList } from "#lib/contracts/models.ts";
import { serviceList } from "#lib/contracts/services.ts";

const refreshMs = 5_000;

/** One entry of the model picker. */
export interface Target {
  accessName: string;
  name: string;
  demo: boolean;
  ready: boolean;
  maxOutputTokens: number | null;
}

export interface Targets {
  shared: Target[];
  own: Target[];
}

/** What can be talked to: shared models that have a service, and the workspace's own services. */
export function useTargets() {
  return useQuery({
    queryKey: ["playground", "targets"],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }): Promise<Targets> => {
      const [models, services] = await Promise.all([
        api({ path: "/api/models", schema: modelList, signal }),
        api({ path: "/api/services", query: { pageSize: 100 }, schema: serviceList, signal }),
      ]);
      const shared = models.items
        .filter((model) => model.tryUnavailable === null || model.tryUnavailable === "not_ready")
        .map(({ accessName, name, demo, tryUnavailable, maxOutputTokens }) => ({
          accessName,
          name,
          demo,
          ready: tryUnavailable === null,
          maxOutputTokens,
        }));
      const limits = new Map(models.items.map((model) => [model.slug, model.maxOutputTokens]));
      const own = services.items.map((service) => ({
        accessName: service.accessName,
        name: service.name,
        demo: service.model.demo,
        ready: service.readyInstances > 0,
        maxOutputTokens: limits.get(service.model.slug) ?? null,
      }));
      return { shared, own };
    },
  });
}
