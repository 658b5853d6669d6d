import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { RegionUnreachableError } from "#deployer/drivers/driver.ts";
import { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";
import { type ClusterPlace, createClusterPlace } from "./place.ts";

let place: ClusterPlace;
let root: string;
let account: string;
const config = new KubeConfig();
const inPod = { kubeconfig: null, context: null };

beforeAll(async () => {
  place = await createClusterPlace();
  root = await mkdtemp(join(tmpdir(), "hydra-pod-files-"));
  account = join(root, "var/run/secrets/kubernetes.io/serviceaccount");
  await mkdir(account, { recursive: true });
  config.loadFromFile(String(place.region.settings.kubeconfig));
  await writeFile(join(account, "ca.crt"), await authorityOf(apiServer()));
  await writeFile(join(account, "namespace"), place.namespace);
});
afterAll(async () => {
  await place.dispose();
  await rm(root, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

function apiServer(): { host: string; port: number } {
  const known = new KubeConfig();
  known.loadFromFile(process.env.KUBECONFIG ?? "");
  const { hostname, port } = new URL(known.getCurrentCluster()?.server ?? "");
  return { host: hostname, port: Number(port || 443) };
}

/** The certificate that the server's own goes back to, as PEM: what a kubelet puts beside a token. */
async function authorityOf(server: { host: string; port: number }): Promise<string> {
  const socket = connect({ ...server, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  let certificate = socket.getPeerCertificate(true);
  while (certificate.issuerCertificate && certificate.issuerCertificate.fingerprint !== certificate.fingerprint) {
    certificate = certificate.issuerCertificate;
  }
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${certificate.raw.toString("base64")}\n-----END CERTIFICATE-----\n`;
}

/** What a kubelet tells each container. */
function stubPod(): void {
  const { host, port } = apiServer();
  vi.stubEnv("KUBERNETES_SERVICE_HOST", host);
  vi.stubEnv("KUBERNETES_SERVICE_PORT", String(port));
}

test("without a kubeconfig the account of the pod is used", async () => {
  stubPod();
  await writeFile(join(account, "token"), config.getCurrentUser()?.token ?? "");
  const cluster = new Cluster(inPod, root);
  expect(await cluster.get(`/apis/apps/v1/namespaces/${place.namespace}/deployments`)).toMatchObject({ items: [] });
  await expect(cluster.get("/api/v1/nodes")).rejects.toMatchObject({ status: 403 });
  cluster.close();
});

test("a token that does not hold any more is refused as such, and outside of a pod the region says what it lacks", async () => {
  stubPod();
  await writeFile(join(account, "token"), "not a token");
  const cluster = new Cluster(inPod, root);
  await expect(cluster.get("/api/v1/nodes")).rejects.toMatchObject({ status: 401 });
  cluster.close();
  vi.stubEnv("KUBERNETES_SERVICE_HOST", undefined);
  const outside = await new Cluster(inPod, root).get("/api/v1/nodes").catch((error: unknown) => error);
  expect(outside).toBeInstanceOf(RegionUnreachableError);
});
