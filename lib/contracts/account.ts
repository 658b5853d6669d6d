import * as z from "zod/mini";
import { moment, nano } from "./common.ts";

export const locales = ["en", "zh"] as const;
export type Locale = (typeof locales)[number];

export const email = z.pipe(z.string().check(z.trim(), z.toLowerCase(), z.maxLength(254)), z.email());
export const password = z.string().check(z.minLength(8), z.maxLength(256));

export const signUpInput = z.strictObject({
  email,
  password,
  /** The set-up token for the first account beyond loopback, else an invitation; empty where neither is asked for. */
  token: z._default(z.string().check(z.maxLength(256)), ""),
});
export const signInInput = z.strictObject({ email, password: z.string().check(z.minLength(1), z.maxLength(256)) });
export type SignUpInput = z.input<typeof signUpInput>;
export type SignInInput = z.input<typeof signInInput>;

/** What a visitor must bring to sign up. */
export const signUpMode = z.enum(["open", "first_with_token", "invite"]);

export const me = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(["user", "operator"]),
  workspace: z.object({ id: z.string(), name: z.string() }),
  balanceNano: nano,
  currency: z.string(),
});
export type Me = z.infer<typeof me>;

export const updateMeInput = z.strictObject({
  name: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(63))),
  locale: z.optional(z.enum(locales)),
});
export type UpdateMeInput = z.input<typeof updateMeInput>;

export const changePasswordInput = z.strictObject({
  currentPassword: z.string().check(z.minLength(1), z.maxLength(256)),
  newPassword: password,
});
export type ChangePasswordInput = z.input<typeof changePasswordInput>;

/** The language is that of the page that asks, and so of the mail. */
export const passwordResetRequestInput = z.strictObject({ email, locale: z._default(z.enum(locales), "en") });
export type PasswordResetRequestInput = z.input<typeof passwordResetRequestInput>;
export const resetPasswordInput = z.strictObject({ token: z.string().check(z.minLength(1), z.maxLength(256)), password });
export type ResetPasswordInput = z.input<typeof resetPasswordInput>;

/** Accounts elsewhere that one can sign in with. */
export const identityProviders = ["oidc", "github"] as const;
export const identityProvider = z.enum(identityProviders);
export type IdentityProvider = z.infer<typeof identityProvider>;
/** One that this installation offers; `name` as its button says it. */
export interface OfferedProvider {
  id: IdentityProvider;
  name: string;
}

export const startIdentityInput = z.strictObject({
  provider: identityProvider,
  /** `sign-in`, or `connect` to the account that is signed in. */
  purpose: z.enum(["sign-in", "connect"]),
  /** Where to go afterwards: a path of the console. */
  next: z._default(z.string().check(z.maxLength(2_000)), "/"),
});
export type StartIdentityInput = z.input<typeof startIdentityInput>;
/** Where the browser goes on: the provider's own page. */
export const startedIdentity = z.object({ url: z.string() });

/** How the account can be signed in to. */
export const signInWays = z.object({
  hasPassword: z.boolean(),
  identities: z.array(z.object({ provider: identityProvider, email: z.string(), createdAt: moment, lastUsedAt: z.nullable(moment) })),
});
export type SignInWays = z.infer<typeof signInWays>;

export const sessionView = z.object({
  id: z.string(),
  userAgent: z.string(),
  address: z.string(),
  createdAt: moment,
  lastSeenAt: moment,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;

/** What deleting the account would end, and whether it may be deleted. */
export const deletionFacts = z.object({
  services: z.int(),
  keys: z.int(),
  balanceNano: nano,
  currency: z.string(),
  /** Nobody else could run the installation. */
  lastOperator: z.boolean(),
});
export type DeletionFacts = z.infer<typeof deletionFacts>;

export const deleteAccountInput = z.strictObject({ confirmEmail: z.string().check(z.maxLength(254)) });
export type DeleteAccountInput = z.input<typeof deleteAccountInput>;
