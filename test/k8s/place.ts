import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { dumpYaml, KubeConfig, loadAllYaml } from "@kubernetes/client-node";
import type { InstanceSpec, RegionSpec } from "#deployer/drivers/driver.ts";
import { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";
import { ownSelector } from "#deployer/drivers/kubernetes/names.ts";
import { rootDir } from "#lib/config.ts";
import { newId } from "#lib/ids.ts";
import { startTcpProxy, type TcpProxy } from "#test/tcp-proxy.ts";
import { NodeAgent, type NodeSize, onlyHere } from "./agent/node-agent.ts";

/** A namespace of its own in the cluster of `KUBECONFIG`, with nodes of its own and a deployer's rights. */
export interface ClusterPlace {
  /** As an administrator. */
  admin: Cluster;
  /** With the rights that the driver has. */
  asDeployer: Cluster;
  namespace: string;
  agent: NodeAgent;
  region: RegionSpec;
  /** Between driver and API server. */
  way: TcpProxy;
  /** Ends the API server where it is the testbed's, else cuts the driver off from it; the returned function brings it back. */
  cutApi(): Promise<() => Promise<void>>;
  spec(change?: Partial<InstanceSpec>): InstanceSpec;
  /** Names of what carries the region's marks, kind by kind. */
  leftOvers(): Promise<string[]>;
  dispose(): Promise<void>;
}

const sizes = [
  { cpu: "16", memory: "64Gi", gpus: 4, gpuModel: "H100" },
  { cpu: "16", memory: "64Gi", gpus: 4, gpuModel: "H100" },
];

export async function createClusterPlace(settings: Record<string, unknown> = {}): Promise<ClusterPlace> {
  const kubeconfig = process.env.KUBECONFIG;
  if (!kubeconfig) throw new Error("KUBECONFIG is not set: run `npm run test:k8s`, which brings a cluster up or says what is needed");
  const admin = new Cluster({ kubeconfig, context: null });
  const name = `hydra-test-${randomBytes(4).toString("hex")}`;
  const dir = await mkdtemp(join(tmpdir(), "hydra-k8s-"));
  const way = await startTcpProxy(serverOf(kubeconfig));
  await admin.request("POST", "/api/v1/namespaces", { body: { metadata: { name } } });
  await grantRights(admin, name);
  const ownConfig = join(dir, "kubeconfig");
  await writeFile(ownConfig, await deployerConfig(admin, kubeconfig, name, way.port), { mode: 0o600 });
  const nodes: NodeSize[] = sizes.map((size, index) => ({ ...size, name: `${name}-node-${index + 1}` }));
  const agent = new NodeAgent({ cluster: admin, namespace: name, mark: name, nodes });
  await agent.start();
  const region: RegionSpec = {
    id: newId("reg"),
    name: "cluster",
    settings: { kubeconfig: ownConfig, namespace: name, ...onlyHere(name), ...settings },
  };
  const asDeployer = new Cluster({ kubeconfig: ownConfig, context: null });
  return {
    admin,
    asDeployer,
    namespace: name,
    agent,
    region,
    way,
    cutApi: () => cutApi(kubeconfig, way),
    spec: (change = {}) => ({ ...specIn(region), ...change }),
    leftOvers: () => leftOvers(admin, name, region.id),
    async dispose() {
      await agent.close();
      await way.close();
      await admin.remove(`/api/v1/namespaces/${name}`);
      asDeployer.close();
      admin.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function cutApi(kubeconfig: string, way: TcpProxy): Promise<() => Promise<void>> {
  const testbed = (verb: string) => promisify(execFile)("bash", [join(rootDir, "test", "k8s", "testbed.sh"), verb]);
  if ((await testbed("kubeconfig")).stdout.trim() === kubeconfig) {
    await testbed("api-down");
    return async () => void (await testbed("api-up"));
  }
  way.cut();
  return async () => way.mend();
}

function specIn(region: RegionSpec): InstanceSpec {
  return {
    serviceId: newId("svc"),
    accessName: "public/hydra-tiny",
    model: { slug: "hydra-tiny", kind: "text_generation", parameters: 2_408_448n, repository: "hydra/hydra-tiny" },
    weights: null,
    contextLength: 512,
    parallel: 2,
    resources: { cpuMilli: 100, memoryBytes: 268_435_456n, gpuCount: 0, gpuModel: null },
    region,
  };
}

function serverOf(kubeconfig: string): { host: string; port: number } {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const url = new URL(config.getCurrentCluster()?.server ?? "");
  return { host: url.hostname, port: Number(url.port || 443) };
}

/** The manifest that ships, as an operator applies it. */
async function grantRights(admin: Cluster, namespace: string): Promise<void> {
  const paths: Record<string, string> = {
    ServiceAccount: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    Role: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
    RoleBinding: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`,
  };
  const manifest = await readFile(join(rootDir, "deploy", "kubernetes", "rbac.yaml"), "utf8");
  for (const object of loadAllYaml(manifest)) {
    const path = paths[object.kind];
    if (!path) throw new Error(`rbac.yaml has a ${object.kind}`);
    await admin.apply(path, object);
  }
}

/** A kubeconfig with the rights of the manifest and no others, by way of a proxy that a test can cut. */
async function deployerConfig(admin: Cluster, kubeconfig: string, namespace: string, port: number): Promise<string> {
  const body = { spec: { expirationSeconds: 7_200 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/hydra-deployer/token`;
  const { status } = (await admin.request("POST", path, { body })) as { status: { token: string } };
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const known = config.getCurrentCluster();
  if (!known) throw new Error(`${kubeconfig} names no cluster`);
  const trust = known.skipTLSVerify
    ? { "insecure-skip-tls-verify": true }
    : {
        "certificate-authority-data": known.caData,
        "certificate-authority": known.caFile,
        "tls-server-name": new URL(known.server).hostname,
      };
  return dumpYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, ...JSON.parse(JSON.stringify(trust)) } }],
    users: [{ name: "deployer", user: { token: status.token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "deployer" } }],
    "current-context": "test",
  });
}

async function leftOvers(admin: Cluster, namespace: string, regionId: string): Promise<string[]> {
  const core = ["pods", "services", "secrets", "persistentvolumeclaims"].map((kind) => `/api/v1/namespaces/${namespace}/${kind}`);
  const apps = ["deployments", "replicasets"].map((kind) => `/apis/apps/v1/namespaces/${namespace}/${kind}`);
  const { versions } = (await admin.get("/apis/policy")) as { versions: { groupVersion: string }[] };
  const budgets = `/apis/${versions[0]?.groupVersion}/namespaces/${namespace}/poddisruptionbudgets`;
  const found = await Promise.all(
    [...core, ...apps, budgets].map(async (path) => {
      const list = (await admin.get(path, { labelSelector: ownSelector(regionId) })) as { items: { metadata: { name: string } }[] };
      return list.items.map((item) => `${path.split("/").at(-1)}/${item.metadata.name}`);
    }),
  );
  return found.flat();
}
