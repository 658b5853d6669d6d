import { createTransport } from "nodemailer";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves once the server has taken the mail; rejects where it has not. */
  send(mail: Mail): Promise<void>;
}

const timeoutMs = 20_000;

/** Sends through one SMTP server (`smtp://` upgrades to TLS where the server offers it). Connects when there is a mail to send. */
export function createMailer({ smtpUrl, from }: { smtpUrl: string; from: string }): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail of ours is text alone: nothing in it may make the server read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      // As an object, so that no character of an address can name a second one.
      await transport.sendMail({ from, to: { name: "", address: to }, subject, text });
    },
  };
}
