import type { CallLimits, KeyRules, Principal } from "../ports.ts";

export const noLimits: CallLimits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  budgetDayNano: null,
  budgetMonthNano: null,
};

/** A caller with these limits on its key and on its workspace. */
export function principalWith(
  key: Partial<CallLimits>,
  workspace: Partial<CallLimits> = {},
  more: Partial<Omit<KeyRules, "limits">> & { keyId?: string; workspaceId?: string } = {},
): Principal {
  const { keyId = "key_1", workspaceId = "ws_1", ...rules } = more;
  return {
    userId: "usr_1",
    workspaceId,
    keyId,
    rules: { limits: { ...noLimits, ...key }, allowedModels: null, allowedAddresses: null, expiresAt: null, ...rules },
    workspaceLimits: { ...noLimits, ...workspace },
  };
}
