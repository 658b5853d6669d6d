import { keepPreviousData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { ApiError, api } from "#components/ui/api.ts";
import {
  type ApiKeyDetail,
  type ApiKeySort,
  type ApiKeyStatus,
  apiKeyDetail,
  apiKeyList,
  apiKeyView,
  type CreateApiKeyInput,
  callableModelList,
  createdApiKey,
  type RotateApiKeyInput,
  type UpdateApiKeyInput,
} from "#lib/contracts/api-keys.ts";

const keysKey = ["api-keys"];
/** "Last used" and "expired" change without anybody here doing anything. */
const refreshMs = 10_000;

export interface KeyListParams {
  search: string;
  status: ApiKeyStatus | undefined;
  sort: ApiKeySort;
  order: "asc" | "desc";
  page: number;
}

/** First data of the page, and what it was read for. */
export interface InitialKeys {
  params: KeyListParams;
  list: z.output<typeof apiKeyList>;
}

export function useApiKeys(params: KeyListParams, initial: InitialKeys) {
  const isInitial = JSON.stringify(params) === JSON.stringify(initial.params);
  return useQuery({
    queryKey: [...keysKey, "list", params],
    queryFn: ({ signal }) => api({ path: "/api/api-keys", query: { ...params }, schema: apiKeyList, signal }),
    ...(isInitial ? { initialData: initial.list } : {}),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

export function useApiKey(first: ApiKeyDetail) {
  return useQuery({
    queryKey: [...keysKey, "one", first.id],
    queryFn: ({ signal }) => api({ path: `/api/api-keys/${first.id}`, schema: apiKeyDetail, signal }),
    initialData: first,
    refetchInterval: (query) => (isGone(query.state.error) ? false : refreshMs),
  });
}

/** Whether the refusal says that the key was deleted. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What a key can be allowed to call, as far as it fits the search. */
export function useCallableModels(search: string) {
  return useQuery({
    queryKey: ["callable-models", search],
    queryFn: ({ signal }) => api({ path: "/api/api-keys/callable-models", query: { search }, schema: callableModelList, signal }),
    placeholderData: keepPreviousData,
  });
}

function refresh(queries: QueryClient) {
  return queries.invalidateQueries({ queryKey: keysKey });
}

/** The answer holds the key itself and is kept nowhere but in the caller's state. */
export function useCreateApiKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateApiKeyInput) => api({ path: "/api/api-keys", method: "POST", body, schema: createdApiKey }),
    onSuccess: () => refresh(queries),
    // The mutation's cache would hold the key for minutes after the dialog has gone.
    gcTime: 0,
  });
}

/** As creating: the answer holds the new key itself. */
export function useRotateApiKey(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: RotateApiKeyInput) => api({ path: `/api/api-keys/${id}/rotate`, method: "POST", body, schema: createdApiKey }),
    onSuccess: () => refresh(queries),
    gcTime: 0,
  });
}

export function useUpdateApiKey(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateApiKeyInput) => api({ path: `/api/api-keys/${id}`, method: "PATCH", body, schema: apiKeyView }),
    onSuccess: () => refresh(queries),
  });
}

export type KeyVerb = "disable" | "enable" | "end-grace";

export function useKeyVerb() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, verb }: { id: string; verb: KeyVerb }) =>
      api({ path: `/api/api-keys/${id}/${verb}`, method: "POST", schema: apiKeyView }),
    onSettled: () => refresh(queries),
  });
}

export function useDeleteApiKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api({ path: `/api/api-keys/${id}`, method: "DELETE", schema: z.undefined() }),
    onSuccess: (_, id) => {
      queries.removeQueries({ queryKey: [...keysKey, "one", id] });
      return queries.invalidateQueries({ queryKey: [...keysKey, "list"] });
    },
  });
}
