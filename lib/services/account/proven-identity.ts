import type { IdentityProvider } from "#lib/contracts/account.ts";

/** Who somebody is elsewhere, as the provider has just proven it. */
export interface ProvenIdentity {
  provider: IdentityProvider;
  /** The provider's own id of the person, unique in this provider; with its issuer where that can change. */
  subject: string;
  /** Lower case; null where the provider names none. */
  email: string | null;
  /** Whether the provider says that the email belongs to this person. */
  emailVerified: boolean;
  name: string;
}
