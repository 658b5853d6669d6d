import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LogEntry } from "./container-process.ts";

/** The one door of a kubelet that clients reach, by way of the API server: a container's log. */
export interface KubeletServer {
  port: number;
  close(): Promise<void>;
}

/** `find` gives the lines of a pod's container, or null where there is no such pod. */
export async function startKubeletServer(
  host: string,
  find: (podName: string, previous: boolean) => readonly LogEntry[] | null,
): Promise<KubeletServer> {
  const server = createServer(await selfSigned(), (request, response) => {
    const url = new URL(request.url ?? "/", "https://kubelet");
    const [, door, , pod] = url.pathname.split("/");
    const lines = door === "containerLogs" && pod ? find(pod, url.searchParams.get("previous") === "true") : null;
    if (!lines) return void response.writeHead(404).end();
    response.end(text(lines, url.searchParams));
  });
  server.listen(0, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function text(lines: readonly LogEntry[], query: URLSearchParams): string {
  const since = query.get("sinceTime");
  const from = since === null ? "" : `${new Date(since).toISOString().slice(0, 19)}`;
  const due = lines.filter((line) => line.stamp >= from);
  const tail = due.slice(-Number(query.get("tailLines") ?? due.length));
  return tail.map((line) => `${query.get("timestamps") === "true" ? `${line.stamp} ` : ""}${line.text}\n`).join("");
}

/** The API server does not ask who signed a kubelet's certificate unless it is told to. */
async function selfSigned(): Promise<{ key: Buffer; cert: Buffer }> {
  const dir = await mkdtemp(join(tmpdir(), "hydra-kubelet-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const subject = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kubelet", "-days", "2"];
  try {
    await promisify(execFile)("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
