import { hash, verify } from "@node-rs/argon2";

/** Argon2id after RFC 9106's choice for little memory, on one thread: 64 MiB, 3 passes, about 0.1 s. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };

/** A hash of no password at all, with the same cost as a real one. */
const decoy = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${"A".repeat(22)}$${"A".repeat(43)}`;

/** The password's argon2id hash in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Whether the password fits. Without a hash (no such account, or one that signs in elsewhere) it does the same work, then says no. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? decoy, password);
  return fits && passwordHash !== null;
}
