import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api } from "#components/ui/api.ts";
import { apiKeyList, type CreateApiKeyInput, createdApiKey } from "#lib/contracts/api-keys.ts";

const keysKey = ["api-keys"];

export interface KeyListParams {
  search: string;
  page: number;
}

/** First data of the page, and what it was read for. */
export interface InitialKeys {
  params: KeyListParams;
  list: z.output<typeof apiKeyList>;
}

export function useApiKeys(params: KeyListParams, initial: InitialKeys) {
  const isInitial = params.search === initial.params.search && params.page === initial.params.page;
  return useQuery({
    queryKey: [...keysKey, params],
    queryFn: ({ signal }) => api({ path: "/api/api-keys", query: { ...params }, schema: apiKeyList, signal }),
    ...(isInitial ? { initialData: initial.list } : {}),
    placeholderData: keepPreviousData,
    // "Last used" and "expired" change without anybody here doing anything.
    refetchInterval: 10_000,
  });
}

/** The answer holds the key itself and is kept nowhere but in the caller's state. */
export function useCreateApiKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateApiKeyInput) => api({ path: "/api/api-keys", method: "POST", body, schema: createdApiKey }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysKey }),
    // The mutation's cache would hold the key for minutes after the dialog has gone.
    gcTime: 0,
  });
}

export function useDeleteApiKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api({ path: `/api/api-keys/${id}`, method: "DELETE", schema: z.undefined() }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysKey }),
  });
}
