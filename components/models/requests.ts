import { useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import { api } from "#components/ui/api.ts";
import { type ModelDetail, modelDetail, modelList } from "#lib/contracts/models.ts";

// What can be tried changes as services start and stop.
const refetchInterval = 10_000;

export function useModels(initialData: z.output<typeof modelList>) {
  return useQuery({
    queryKey: ["models"],
    queryFn: ({ signal }) => api({ path: "/api/models", schema: modelList, signal }),
    initialData,
    refetchInterval,
  });
}

export function useModel(initialData: ModelDetail) {
  const { slug } = initialData;
  return useQuery({
    queryKey: ["models", slug],
    queryFn: ({ signal }) => api({ path: `/api/models/${slug}`, schema: modelDetail, signal }),
    initialData,
    refetchInterval,
  });
}
