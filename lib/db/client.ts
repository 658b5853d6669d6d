import { PrismaPg } from "@prisma/adapter-pg";
import { type Prisma, PrismaClient } from "../../prisma/generated/client.ts";

export type Db = PrismaClient;
/** A client inside a transaction; verbs that only read or write rows take this, so that both fit. */
export type DbLike = Prisma.TransactionClient;

/** A client with its own pool. Close it with `$disconnect()`. */
export function openDatabase(url: string, options: { poolSize: number }): Db {
  // Prisma writes and reads moments as if the session were in UTC; a server in another zone would shift every one.
  const adapter = new PrismaPg({
    connectionString: url,
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    options: "-c TimeZone=UTC",
  });
  return new PrismaClient({ adapter });
}
