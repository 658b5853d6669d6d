import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { freePorts, type TemporaryDataDir, temporaryDataDir } from "../testing/hydra.ts";
import { dataPaths, makeDataDir } from "./data-dir.ts";
import { checkServer } from "./database.ts";
import { checkDisk } from "./disk.ts";
import { checkPorts } from "./ports.ts";
import { installationId, installationSecret, setupToken } from "./secrets.ts";

let dir: TemporaryDataDir;

beforeEach(async () => {
  dir = await temporaryDataDir();
});

afterEach(() => dir.remove());

describe("the data directory", () => {
  test("is made closed to other users", async () => {
    await makeDataDir(dir.path);
    expect((await stat(dir.path)).mode & 0o777).toBe(0o700);
  });

  test("below a file is refused", async () => {
    await writeFile(dir.path, "");
    await expect(makeDataDir(join(dir.path, "data"))).rejects.toThrow(/is a file, or lies below one\. Set HYDRA_DATA_DIR/);
  });

  test("that cannot be written is refused", async () => {
    await mkdir(dir.path, { mode: 0o500 });
    // Root may write anywhere: it tries as another user.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await expect(makeDataDir(dir.path)).rejects.toThrow(/cannot be written\. Set HYDRA_DATA_DIR to one that you own/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  test("on a disk without room is refused with what is free and what is needed", async () => {
    await mkdir(dir.path);
    await expect(checkDisk(dir.path, 2 ** 60)).rejects.toThrow(
      /^The disk of .* is full: \d+ MB are free, and Hydra needs \d+ MB\. .*HYDRA_DATA_DIR/,
    );
    await expect(checkDisk(dir.path, 1)).resolves.toBeUndefined();
  });
});

describe("ports", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function take(port: number, host: string): Promise<void> {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
  }

  test("a taken port is named with its variable", async () => {
    const [consolePort = 0, gatewayPort = 0] = await freePorts(2);
    await expect(checkPorts({ bind: "127.0.0.1", consolePort, gatewayPort })).resolves.toBeUndefined();
    await take(gatewayPort, "127.0.0.1");
    await expect(checkPorts({ bind: "127.0.0.1", consolePort, gatewayPort })).rejects.toThrow(
      `Port ${gatewayPort} is taken, so the gateway cannot listen on it. Stop the program that uses it, or set HYDRA_GATEWAY_PORT to another port.`,
    );
  });

  test("a program on ::1 counts, because localhost may lead there", async () => {
    const [consolePort = 0, gatewayPort = 0] = await freePorts(2);
    await take(consolePort, "::1");
    await expect(checkPorts({ bind: "127.0.0.1", consolePort, gatewayPort })).rejects.toThrow(/HYDRA_CONSOLE_PORT/);
  });

  test("an address of another machine is refused", async () => {
    const [consolePort = 0, gatewayPort = 0] = await freePorts(2);
    await expect(checkPorts({ bind: "192.0.2.1", consolePort, gatewayPort })).rejects.toThrow(/no address 192\.0\.2\.1\. Set HYDRA_BIND/);
  });
});

describe("DATABASE_URL", () => {
  test("an unreachable server is named without its password", async () => {
    const [port = 0] = await freePorts(1);
    const refused = checkServer("DATABASE_URL", `postgresql://hydra:hunter22@127.0.0.1:${port}/hydra`, "SELECT 1");
    await expect(refused).rejects.toThrow(
      `Cannot use the PostgreSQL of DATABASE_URL at 127.0.0.1:${port}/hydra: connect ECONNREFUSED 127.0.0.1:${port}. Start it, or correct DATABASE_URL.`,
    );
    await expect(refused).rejects.not.toThrow(/hunter22/);
  });

  test("a wrong password and a missing database say so", async () => {
    const url = new URL(inject("databaseUrl"));
    await expect(checkServer("DATABASE_URL", url.href.replace(/:[^:@]+@/, ":wrong@"), "SELECT 1")).rejects.toThrow(
      /password authentication failed/,
    );
    await expect(checkServer("DATABASE_DIRECT_URL", url.href.replace(/hydra$/, "none"), "SELECT 1")).rejects.toThrow(
      /DATABASE_DIRECT_URL at .*database "none" does not exist/,
    );
    await expect(checkServer("DATABASE_URL", url.href, "LISTEN hydra_probe")).resolves.toBeUndefined();
  });
});

describe("what is made at the first start", () => {
  test("the secret is long, private, and stays", async () => {
    await makeDataDir(dir.path);
    const config = { secret: null, dataDir: dir.path };
    const both = await Promise.all([installationSecret(config), installationSecret(config)]);
    expect(both[0].length).toBeGreaterThanOrEqual(43);
    expect(both[1]).toBe(both[0]);
    expect((await stat(dataPaths(dir.path).secret)).mode & 0o777).toBe(0o600);
    expect(await installationSecret({ ...config, secret: "of my own" })).toBe("of my own");
    expect(await installationId(dir.path)).toMatch(/^[0-9a-f]{12}$/);
  });

  test("a set-up token is made beyond loopback only, stays until there is a user, and is gone then", async () => {
    await makeDataDir(dir.path);
    const config = { setupToken: null, dataDir: dir.path, beyondLoopback: true };
    expect(await setupToken({ ...config, beyondLoopback: false }, false)).toBeNull();
    const token = await setupToken(config, false);
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(await setupToken(config, false)).toBe(token);
    expect(await setupToken({ ...config, setupToken: "given by the operator" }, false)).toBe("given by the operator");
    expect(await setupToken(config, true)).toBeNull();
    await expect(stat(dataPaths(dir.path).setupToken)).rejects.toThrow(/ENOENT/);
  });
});
