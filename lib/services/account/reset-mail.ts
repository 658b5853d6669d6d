import type { Locale } from "#lib/contracts/account.ts";

export interface MailText {
  subject: string;
  text: string;
}

/** The mail with a link that sets a new password. */
export function resetMail({
  locale,
  name,
  link,
  consoleUrl,
}: {
  locale: Locale;
  name: string;
  link: string;
  consoleUrl: string;
}): MailText {
  if (locale === "zh") {
    return {
      subject: "重置你的 Hydra 密码",
      text: `${name}，你好：

有人（希望是你本人）为你在 ${consoleUrl} 的账户申请了新密码。请打开以下链接设置新密码：

${link}

该链接 1 小时内有效，且只能使用一次。设置后，所有已登录的会话都会退出。

如果不是你本人操作，可以忽略这封邮件，你的密码不会改变。
`,
    };
  }
  return {
    subject: "Set a new Hydra password",
    text: `Hello ${name},

somebody, hopefully you, asked for a new password for your account at ${consoleUrl}. Open this link to set one:

${link}

The link works once, within one hour. Everywhere you are signed in, you will be signed out.

If it was not you, ignore this mail; your password stays as it is.
`,
  };
}
