import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Owner {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Null for an ordinary user; as root, the system user it runs as instead,
 * made where the machine has none.
 */
export async function postgresOwner(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  const found = (await lookUp("hydra-postgres")) ?? (await lookUp("postgres"));
  if (found) return found;
  try {
    await run("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "hydra-postgres"]);
  } catch (cause) {
    throw new Error(
      "PostgreSQL cannot run as root, and no system user could be made for it. Start Hydra as an ordinary user, or set DATABASE_URL.",
      { cause },
    );
  }
  const made = await lookUp("hydra-postgres");
  if (!made) throw new Error("The system user hydra-postgres was made but cannot be found. Start Hydra as an ordinary user.");
  return made;
}

async function lookUp(name: string): Promise<Owner | null> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const fields = passwd
    .split("\n")
    .map((line) => line.split(":"))
    .find((entry) => entry[0] === name);
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : null;
}
