import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api } from "#components/ui/api.ts";
import {
  type ChangePasswordInput,
  type DeleteAccountInput,
  deletionFacts,
  type IdentityProvider,
  me,
  type PasswordResetRequestInput,
  type ResetPasswordInput,
  type SignInInput,
  type SignUpInput,
  type StartIdentityInput,
  sessionView,
  signInWays,
  startedIdentity,
  type UpdateMeInput,
} from "#lib/contracts/account.ts";

const nothing = z.undefined();
const sessionsKey = ["sessions"];
const waysKey = ["sign-in-ways"];

export function useSignIn() {
  return useMutation({ mutationFn: (body: SignInInput) => api({ path: "/api/session", method: "POST", body, schema: nothing }) });
}

export function useSignUp() {
  return useMutation({ mutationFn: (body: SignUpInput) => api({ path: "/api/account", method: "POST", body, schema: nothing }) });
}

/** Ends in the provider's page, whose address is ours alone to give. */
export function useStartIdentity() {
  return useMutation({
    mutationFn: (body: StartIdentityInput) => api({ path: "/api/account/identities", method: "POST", body, schema: startedIdentity }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}

export function useRequestPasswordReset() {
  return useMutation({
    mutationFn: (body: PasswordResetRequestInput) => api({ path: "/api/account/password-reset", method: "POST", body, schema: nothing }),
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (body: ResetPasswordInput) => api({ path: "/api/account/password-reset/confirm", method: "POST", body, schema: nothing }),
  });
}

export function useUpdateMe() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateMeInput) => api({ path: "/api/me", method: "PATCH", body, schema: me }),
    onSuccess: (answer) => queries.setQueryData(["me"], answer),
  });
}

export function useChangePassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ChangePasswordInput) => api({ path: "/api/account/password", method: "POST", body, schema: nothing }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
}

export function useSignInWays() {
  return useQuery({ queryKey: waysKey, queryFn: ({ signal }) => api({ path: "/api/account/sign-in-ways", schema: signInWays, signal }) });
}

export function useDisconnectIdentity() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (provider: IdentityProvider) => api({ path: `/api/account/identities/${provider}`, method: "DELETE", schema: nothing }),
    onSuccess: () => queries.invalidateQueries({ queryKey: waysKey }),
  });
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

export function useDeletionFacts() {
  return useQuery({
    queryKey: ["deletion"],
    queryFn: ({ signal }) => api({ path: "/api/account/deletion", schema: deletionFacts, signal }),
  });
}

export function useDeleteAccount() {
  return useMutation({ mutationFn: (body: DeleteAccountInput) => api({ path: "/api/account", method: "DELETE", body, schema: nothing }) });
}
