import { connect, createServer, type Server } from "node:net";
import type { V1Service } from "@kubernetes/client-node";
import type { Cluster } from "#deployer/drivers/kubernetes/cluster.ts";
import { Follower } from "#deployer/drivers/kubernetes/follow.ts";

export interface ServicePortsOptions {
  cluster: Cluster;
  namespace: string;
  /** Where node ports are listened on. */
  hostIP: string;
  /** A fresh address for a load balancer. */
  newAddress(): string;
  /** Address of a ready pod that the selector picks; null where there is none. */
  podFor(selector: Record<string, string>): string | null;
}

/** Stands in for kube-proxy and a cloud's load balancer: connections to a Service's port go on to its pod. */
export class ServicePorts {
  readonly #options: ServicePortsOptions;
  readonly #servers = new Map<string, Server>();
  readonly #services: Follower<V1Service>;

  constructor(options: ServicePortsOptions) {
    this.#options = options;
    const path = `/api/v1/namespaces/${options.namespace}/services`;
    this.#services = new Follower<V1Service>(options.cluster, path, "", (service) => this.#take(service));
  }

  close(): void {
    this.#services.close();
    for (const server of this.#servers.values()) server.close();
  }

  #take(service: V1Service): void {
    const name = service.metadata?.name ?? "";
    const port = service.spec?.ports?.[0];
    if (!this.#services.get(name)) {
      this.#servers.get(name)?.close();
      this.#servers.delete(name);
    } else if (!this.#servers.has(name) && port) {
      if (service.spec?.type === "NodePort" && port.nodePort) this.#listen(service, this.#options.hostIP, port.nodePort);
      if (service.spec?.type === "LoadBalancer") void this.#balance(service, port.port).catch(() => {});
    }
  }

  async #balance(service: V1Service, port: number): Promise<void> {
    const { cluster, namespace, newAddress } = this.#options;
    const ip = newAddress();
    this.#listen(service, ip, port);
    const path = `/api/v1/namespaces/${namespace}/services/${service.metadata?.name}/status`;
    const body = { status: { loadBalancer: { ingress: [{ ip }] } } };
    await cluster.request("PATCH", path, { body, contentType: "application/merge-patch+json" });
  }

  #listen(service: V1Service, address: string, port: number): void {
    const target = Number(service.spec?.ports?.[0]?.targetPort);
    const server = createServer((near) => {
      const host = this.#options.podFor(service.spec?.selector ?? {});
      if (host === null) return near.destroy();
      const far = connect({ host, port: target });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on("error", () => other.destroy());
        one.pipe(other);
      }
    });
    server.listen(port, address);
    this.#servers.set(service.metadata?.name ?? "", server);
  }
}
