import "server-only";
import type { Account, Profile } from "next-auth";
import type { Provider } from "next-auth/providers";
import { z } from "zod";
import type { Config } from "#lib/config.ts";
import { identityProvider, type OfferedProvider } from "#lib/contracts/account.ts";
import type { ProvenIdentity } from "#lib/services/account/proven-identity.ts";

type Providers = Pick<Config, "oidc" | "github">;

/** What the sign-in page offers, in its order. */
export function offeredProviders({ oidc, github }: Providers): OfferedProvider[] {
  return [...(oidc ? [{ id: "oidc" as const, name: oidc.name }] : []), ...(github ? [{ id: "github" as const, name: "GitHub" }] : [])];
}

/** The same, for next-auth. */
export function oauthProviders({ oidc, github }: Providers): Provider[] {
  return [...(oidc ? [oidcProvider(oidc)] : []), ...(github ? [githubProvider(github)] : [])];
}

function oidcProvider({ issuer, clientId, clientSecret, name }: NonNullable<Config["oidc"]>): Provider {
  return {
    ...{ id: "oidc", name, type: "oidc", issuer, clientId, clientSecret },
    authorization: { params: { scope: "openid email profile" } },
    checks: ["pkce", "state", "nonce"],
    profile: ({ sub }) => ({ id: sub }),
  };
}

function githubProvider({ url, clientId, clientSecret }: NonNullable<Config["github"]>): Provider {
  // A GitHub Enterprise server answers at another path than github.com does.
  const api = url === "https://github.com" ? "https://api.github.com" : `${url}/api/v3`;
  return {
    ...{ id: "github", name: "GitHub", type: "oauth", issuer: `${url}/login/oauth`, clientId, clientSecret },
    authorization: { url: `${url}/login/oauth/authorize`, params: { scope: "read:user user:email" } },
    token: `${url}/login/oauth/access_token`,
    userinfo: {
      url: `${api}/user`,
      request: ({ tokens }: { tokens: { access_token?: string } }) => githubProfile(api, tokens.access_token),
    },
    checks: ["pkce", "state"],
    profile: ({ id }) => ({ id: String(id) }),
  };
}

const githubUser = z.object({ id: z.number().int(), login: z.string(), name: z.string().nullable() });
const githubEmails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** A profile's public email says nothing on whether it is verified; the list of emails does. */
async function githubProfile(api: string, token: string | undefined) {
  const ask = async (path: string) => {
    const response = await fetch(`${api}${path}`, {
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json", "user-agent": "hydra" },
    });
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`);
    return response.json();
  };
  const [user, emails] = await Promise.all([ask("/user").then(githubUser.parse), ask("/user/emails").then(githubEmails.parse)]);
  const primary = emails.find((one) => one.primary);
  return { ...user, email: primary?.email ?? null, email_verified: primary?.verified ?? false };
}

const oidcClaims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  email: z.string().nullish(),
  // Some providers write their booleans as text.
  email_verified: z.union([z.boolean(), z.string()]).nullish(),
  name: z.string().nullish(),
});
const githubClaims = githubUser.extend({ email: z.string().nullable(), email_verified: z.boolean() });

/** Who has come back from a provider. Throws where its answer lacks what it must have. */
export function provenIdentity(account: Account, profile: Profile | undefined): ProvenIdentity {
  const provider = identityProvider.parse(account.provider);
  if (provider === "github") {
    const { id, login, name, email, email_verified } = githubClaims.parse(profile);
    return { provider, subject: String(id), email, emailVerified: email_verified, name: name ?? login };
  }
  const { iss, sub, email, email_verified, name } = oidcClaims.parse(profile);
  const emailVerified = email_verified === true || email_verified === "true";
  // With the issuer: should it change one day, its people are others.
  return { provider, subject: `${iss} ${sub}`, email: email?.toLowerCase() ?? null, emailVerified, name: name ?? "" };
}
