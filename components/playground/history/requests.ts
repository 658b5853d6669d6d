import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api } from "#components/ui/api.ts";
import { conversationList } from "#lib/contracts/conversations.ts";

const pageSize = 40;
export const conversationsKey = ["playground", "conversations"];

/** The user's conversations, the last used first, page by page. */
export function useConversations(search: string) {
  return useInfiniteQuery({
    queryKey: [...conversationsKey, search],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      api({ path: "/api/conversations", query: { page: pageParam, pageSize, search }, schema: conversationList, signal }),
    getNextPageParam: ({ page, total }) => (page * pageSize < total ? page + 1 : undefined),
  });
}

export function useRenameConversation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      api({ path: `/api/conversations/${id}`, method: "PATCH", body: { title }, schema: z.undefined() }),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationsKey }),
  });
}

export function useDeleteConversation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api({ path: `/api/conversations/${id}`, method: "DELETE", schema: z.undefined() }),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationsKey }),
  });
}
