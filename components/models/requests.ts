import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api } from "#components/ui/api.ts";
import { useLive } from "#components/ui/live/use-live.ts";
import { type createOwnModelInput, type ModelDetail, modelDetail, modelList } from "#lib/contracts/models.ts";

/** What can be tried changes as services start and stop: asked for at this pace while the console does not tell. */
const restingMs = 10_000;

export function useModels(initialData: z.output<typeof modelList>) {
  const live = useLive(["models"], "models");
  return useQuery({
    queryKey: ["models"],
    queryFn: ({ signal }) => api({ path: "/api/models", schema: modelList, signal }),
    initialData,
    refetchInterval: !live && restingMs,
  });
}

export function useModel(initialData: ModelDetail) {
  const { slug } = initialData;
  const queryKey = ["models", slug];
  const live = useLive(queryKey, "models");
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => api({ path: `/api/models/${slug}`, schema: modelDetail, signal }),
    initialData,
    refetchInterval: !live && restingMs,
  });
}

/** Takes a while: the hub is asked, and the head of the model's file is read. */
export function useAddModel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: z.input<typeof createOwnModelInput>) => api({ path: "/api/models", method: "POST", body, schema: modelDetail }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["models"] }),
  });
}

export function useRemoveModel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (slug: string) => api({ path: `/api/models/${slug}`, method: "DELETE", schema: z.undefined() }),
    onSuccess: (_, slug) => {
      queries.removeQueries({ queryKey: ["models", slug] });
      return queries.invalidateQueries({ queryKey: ["models"] });
    },
  });
}
