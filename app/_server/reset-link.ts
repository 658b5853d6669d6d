import "server-only";
import type { Locale } from "#lib/contracts/account.ts";
import { AppError } from "#lib/errors.ts";
import { issuePasswordReset } from "#lib/services/account/issue-password-reset.ts";
import { resetMail } from "#lib/services/account/reset-mail.ts";
import { anonymousContext } from "./context.ts";
import { runtime } from "./runtime.ts";

const linkHours = 1;

/** Refuses with `not_found` where this installation sends no mail. */
export function requireMail(): void {
  if (!runtime().mailer) {
    throw new AppError("not_found", "This installation sends no mail. Ask an operator for a link that sets a new password.");
  }
}

/** Mails a link to the account with this email, where there is one. Never throws: nobody waits for it. */
export async function sendResetLink({ email, locale }: { email: string; locale: Locale }): Promise<void> {
  const { config, mailer, log } = runtime();
  try {
    const made = await issuePasswordReset({ ctx: anonymousContext(), input: { email, hours: linkHours } });
    if (!made) return;
    const link = `${config.consoleUrl}/reset-password?token=${made.token}`;
    await mailer?.send({ to: made.email, ...resetMail({ locale, name: made.name, link, consoleUrl: config.consoleUrl }) });
  } catch (err) {
    log.error({ err }, "the mail with a reset link could not be sent");
  }
}
