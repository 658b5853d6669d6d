import { type Config, parseConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { findUserByEmail } from "#lib/services/account/find-user-by-email.ts";
import type { Actor, Context } from "#lib/services/context.ts";
import { seed } from "#prisma/seed.ts";
import { withDatabase } from "../installation/with-database.ts";
import { migrate } from "../migrations/migrate.ts";

/** Runs `work` as the operator of this machine, on a database that has this version's schema, and its catalog. */
export async function asOperator<T>(env: NodeJS.ProcessEnv, work: (ctx: Context, config: Config) => Promise<T>): Promise<T> {
  const config = parseConfig(env);
  return withDatabase(config, "admin", async (url) => {
    await migrate(config.databaseDirectUrl ?? url);
    const db = openDatabase(url, { poolSize: 2 });
    try {
      // The first command of a new installation finds what `npm start` would have put there.
      if ((await db.model.count()) === 0) await seed(db);
      return await work({ db, now: () => new Date(), config, actor: null, cli: true }, config);
    } finally {
      await db.$disconnect();
    }
  });
}

/** The user with this email, to act for. Throws `not_found` or `account_disabled`. */
export async function userByEmail(ctx: Context, email: string): Promise<Actor> {
  const found = await findUserByEmail({ ctx, input: { email } });
  if (!found) throw new AppError("not_found", `There is no user with the email ${email}. Make one with \`hydra admin create-user\`.`);
  if (found.status === "disabled") throw new AppError("account_disabled", `The user ${email} is disabled.`);
  return found.actor;
}
