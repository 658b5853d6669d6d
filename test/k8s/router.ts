import dns from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import type { V1Pod, V1Service } from "@kubernetes/client-node";
import type { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";

/** A cluster's router, with the name that its operator has given it. */
export interface Router {
  /** For a region's `reach.url`. */
  url: string;
  /** Calls passed on, by the name of the Service that they were for. */
  passed: Map<string, number>;
  /** Serves the Services of a namespace from now on. */
  serve(cluster: Cluster, namespace: string): void;
  close(): Promise<void>;
}

interface Target {
  host: string;
  port: number;
}

const domain = "models.test";

/**
 * Stands in for an ingress controller and the wildcard name that leads to it: the first label of a call's host names a Service,
 * which the API server is asked for, and the call goes on to a ready pod that its selector picks.
 */
export async function startRouter(): Promise<Router> {
  const passed = new Map<string, number>();
  let find = async (_name: string): Promise<Target | null> => null;
  const server = createServer(async (incoming, answer) => {
    const name = (incoming.headers.host ?? "").split(".")[0] ?? "";
    const target = await find(name).catch(() => null);
    if (!target) return void answer.writeHead(503).end();
    passed.set(name, (passed.get(name) ?? 0) + 1);
    passOn(incoming, answer, target);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const forget = answerNames();
  return {
    url: `http://{name}.${domain}:${(server.address() as AddressInfo).port}`,
    passed,
    serve(cluster, namespace) {
      find = (name) => targetOf(cluster, namespace, name);
    },
    async close() {
      forget();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function targetOf(cluster: Cluster, namespace: string, name: string): Promise<Target | null> {
  const { spec } = (await cluster.get(`/api/v1/namespaces/${namespace}/services/${name}`)) as V1Service;
  const labelSelector = Object.entries(spec?.selector ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join();
  const { items } = (await cluster.get(`/api/v1/namespaces/${namespace}/pods`, { labelSelector })) as { items: V1Pod[] };
  const ready = items.find((pod) => pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"));
  const port = Number(spec?.ports?.[0]?.targetPort);
  return ready?.status?.podIP ? { host: ready.status.podIP, port } : null;
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, target: Target): void {
  const { method, url, headers } = incoming;
  const onward = request({ ...target, method, path: url, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    pipeline(response, answer, () => {});
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  pipeline(incoming, onward, () => {});
}

/** Names below the router's lead to it, in this process; the returned function ends that. */
function answerNames(): () => void {
  const { lookup } = dns;
  const here = (host: string, ...rest: unknown[]) =>
    Reflect.apply(lookup, dns, [host.endsWith(`.${domain}`) ? "127.0.0.1" : host, ...rest]);
  dns.lookup = here as typeof lookup;
  return () => {
    dns.lookup = lookup;
  };
}
