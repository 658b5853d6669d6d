import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { ApiError, api } from "#components/ui/api.ts";
import { useLive } from "#components/ui/live/use-live.ts";
import {
  type DeployInput,
  nameCheck,
  type ScaleInput,
  type ServiceDetail,
  serviceDetail,
  serviceList,
  serviceName,
} from "#lib/contracts/services.ts";
import type { ServiceListQuery } from "./list-query.ts";
import { isChanging } from "./service-state.ts";

export type ServiceListPage = z.output<typeof serviceList>;

const allKey = ["services"];
const changingMs = 1_500;
/** While the console does not tell what changes. */
const restingMs = 10_000;
/** After a change was asked for, the old state still stands until the deployer has taken it up. */
const watchMs = 15_000;
let watchUntil = 0;

function refreshMs(changing: boolean, live: boolean): number | false {
  if (changing || Date.now() < watchUntil) return changingMs;
  return !live && restingMs;
}

/** One page of services, kept up to date; `first` is what the server has read for `firstQuery`. */
export function useServices(query: ServiceListQuery, first: ServiceListPage, firstQuery: ServiceListQuery) {
  const live = useLive([...allKey, "list"], "services");
  const initialData = JSON.stringify(query) === JSON.stringify(firstQuery) ? first : undefined;
  return useQuery({
    queryKey: [...allKey, "list", query],
    queryFn: ({ signal }) => api({ path: "/api/services", query, schema: serviceList, signal }),
    ...(initialData ? { initialData } : {}),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => refreshMs(state.data?.items.some(isChanging) ?? false, live),
  });
}

/** Whether the service is gone, rather than out of reach. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** One service, kept up to date until it is gone. */
export function useService(first: ServiceDetail) {
  const queryKey = [...allKey, "one", first.id];
  const live = useLive(queryKey, "services");
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => api({ path: `/api/services/${first.id}`, schema: serviceDetail, signal }),
    initialData: first,
    refetchInterval: ({ state }) => !isGone(state.error) && refreshMs(state.data ? isChanging(state.data) : false, live),
  });
}

/** Whether a name is free; asks only for names that may be given at all. */
export function useNameCheck(name: string) {
  return useQuery({
    queryKey: [...allKey, "name", name],
    enabled: serviceName.safeParse(name).success,
    queryFn: ({ signal }) => api({ path: "/api/services/check-name", query: { name }, schema: nameCheck, signal }),
  });
}

/** To be called after a change was asked for: everything of services is read again, and soon once more. */
export function useChanged() {
  const queries = useQueryClient();
  return () => {
    watchUntil = Date.now() + watchMs;
    // Not awaited: what follows a change need not wait for the lists that show it.
    void queries.invalidateQueries({ queryKey: allKey });
  };
}

export function useDeploy() {
  const changed = useChanged();
  return useMutation({
    mutationFn: (body: DeployInput) => api({ path: "/api/services", method: "POST", body, schema: serviceDetail }),
    onSuccess: changed,
  });
}

/** Scales; a refusal also refreshes what is shown, because a `conflict` says that it was old. */
export function useScale(id: string) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (body: ScaleInput) => api({ path: `/api/services/${id}/scale`, method: "POST", body, schema: serviceDetail }),
    onSettled: changed,
  });
}

/** The service as it is now, past every cache. */
export function readService(id: string): Promise<ServiceDetail> {
  return api({ path: `/api/services/${id}`, schema: serviceDetail });
}

export function useDeleteService(id: string) {
  const changed = useChanged();
  return useMutation({
    mutationFn: (confirmName: string) =>
      api({ path: `/api/services/${id}`, method: "DELETE", body: { confirmName }, schema: z.undefined() }),
    onSettled: changed,
  });
}
