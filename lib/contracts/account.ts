import { z } from "zod";
import { moment, nano } from "./common.ts";

export const locales = ["en", "zh"] as const;
export type Locale = (typeof locales)[number];

export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
export const password = z.string().min(8).max(256);

export const signUpInput = z.strictObject({
  email,
  password,
  /** The set-up token for the first account beyond loopback, else an invitation; empty where neither is asked for. */
  token: z.string().max(256).default(""),
  locale: z.enum(locales).default("en"),
});
export const signInInput = z.strictObject({ email, password: z.string().min(1).max(256) });
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

export const sessionView = z.object({ id: z.string(), userAgent: z.string(), createdAt: moment, lastSeenAt: moment, current: z.boolean() });
export type SessionView = z.infer<typeof sessionView>;
