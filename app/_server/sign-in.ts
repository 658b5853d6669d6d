import "server-only";
import { RefusedSignIn, signIn } from "./auth.ts";

/** Sets the session cookie, or throws the error that the sign-in was refused with. */
export async function signInWith(credentials: { email: string; password: string }): Promise<void> {
  try {
    await signIn("credentials", { ...credentials, redirect: false });
  } catch (error) {
    throw error instanceof RefusedSignIn ? error.reason : error;
  }
}
