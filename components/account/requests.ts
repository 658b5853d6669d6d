import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { api } from "#components/ui/api.ts";
import { type SignInInput, type SignUpInput, sessionView } from "#lib/contracts/account.ts";

const nothing = z.undefined();
const sessionsKey = ["sessions"];

export function useSignIn() {
  return useMutation({ mutationFn: (body: SignInInput) => api({ path: "/api/session", method: "POST", body, schema: nothing }) });
}

export function useSignUp() {
  return useMutation({ mutationFn: (body: SignUpInput) => api({ path: "/api/account", method: "POST", body, schema: nothing }) });
}

export function useSessions() {
  return useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => api({ path: "/api/sessions", schema: z.object({ items: z.array(sessionView) }), signal }),
  });
}

/** Ends one session, or with null all but this one. */
export function useRevokeSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      api({ path: id ? `/api/sessions/${id}` : "/api/sessions", method: "DELETE", body: {}, schema: nothing }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
}
