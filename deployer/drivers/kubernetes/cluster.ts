import { HttpMethod, KubeConfig, RequestContext } from "@kubernetes/client-node";
import { type Dispatcher, fetch, type Response } from "undici";
import { RegionUnreachableError } from "../driver.ts";
import { managerName } from "./names.ts";
import type { KubernetesSettings } from "./settings.ts";

/** An object as the API has it, as far as all kinds are alike. Times are text, as they come. */
export interface ClusterObject {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string; namespace?: string; uid?: string; resourceVersion?: string };
}

/** The API server understood and refused. */
export class ClusterError extends Error {
  override name = "ClusterError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  /** Only this very object, and only as it was seen. */
  preconditions?: { uid?: string; resourceVersion?: string };
}

const answerLimitMs = 10_000;
/** Credentials are read anew after this long, because clusters rotate them. */
const credentialsLifeMs = 600_000;

/**
 * The API server of one cluster. Calls throw {@link ClusterError} for what it refuses, and RegionUnreachableError where it
 * cannot be asked at all.
 */
export class Cluster {
  readonly #config: KubeConfig;
  #way: { dispatcher: Dispatcher | undefined; openedAt: number } | null = null;
  readonly #closing = new AbortController();

  /** @param podRoot below which a pod has the files of its account, where there is no kubeconfig */
  constructor(settings: Pick<KubernetesSettings, "kubeconfig" | "context">, podRoot = "") {
    this.#config = readConfig(settings, podRoot);
  }

  /** Server-side apply: says what is wanted, and takes back members that others have changed. */
  async apply<T extends ClusterObject>(path: string, wanted: T): Promise<T> {
    const query = { fieldManager: managerName, force: "true" };
    const name = wanted.metadata?.name ?? "";
    return (await this.request("PATCH", `${path}/${name}`, { query, body: wanted, contentType: "application/apply-patch+yaml" })) as T;
  }

  async get(path: string, query: Record<string, string> = {}): Promise<unknown> {
    return this.request("GET", path, { query });
  }

  async getText(path: string, query: Record<string, string>): Promise<string> {
    const response = await this.#send("GET", path, { query });
    return this.#read(() => response.text());
  }

  /** Deletes an object, and what it owns soon after. One that is gone already is no error. */
  async remove(path: string, options: DeleteOptions = {}): Promise<void> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background", ...options };
    await this.request("DELETE", path, { body }).catch((error) => {
      if (!(error instanceof ClusterError) || error.status !== 404) throw error;
    });
  }

  /** Lines of a watch as they come, after `onOpen`; ends when the server ends it or `signal` aborts. */
  async *lines(path: string, query: Record<string, string>, signal: AbortSignal, onOpen: () => void): AsyncGenerator<string> {
    const response = await this.#send("GET", path, { query, signal });
    onOpen();
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      yield* parts.filter(Boolean);
    }
  }

  close(): void {
    this.#closing.abort();
    void this.#way?.dispatcher?.destroy().catch(() => {});
  }

  /** Any call that takes and answers JSON. */
  async request(method: string, path: string, request: RequestParts): Promise<unknown> {
    const response = await this.#send(method, path, request);
    return this.#read(() => response.json());
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  async #send(method: string, path: string, { query = {}, body, contentType, signal }: RequestParts): Promise<Response> {
    const server = this.#config.getCurrentCluster()?.server ?? "";
    const url = new URL(`${server.replace(/\/+$/, "")}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    let response: Response;
    try {
      const { headers, dispatcher } = await this.#credentials(url);
      const limits = [this.#closing.signal, signal ?? AbortSignal.timeout(answerLimitMs)];
      response = await fetch(url, {
        method,
        headers: { ...headers, accept: "application/json", ...(body ? { "content-type": contentType ?? "application/json" } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(dispatcher ? { dispatcher } : {}),
        signal: AbortSignal.any(limits),
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    if (response.ok) return response;
    const said = await response.text().catch(() => "");
    if (response.status === 401) this.#way = null;
    throw new ClusterError(response.status, messageOf(said) || `${method} ${path}: HTTP ${response.status}`);
  }

  /** Headers are asked for each time (tokens run out); connections are kept, which the client library does not do by itself. */
  async #credentials(url: URL): Promise<{ headers: Record<string, string>; dispatcher: Dispatcher | undefined }> {
    const context = new RequestContext(url.toString(), HttpMethod.GET);
    await this.#config.applySecurityAuthentication(context);
    if (!this.#way || performance.now() - this.#way.openedAt > credentialsLifeMs) {
      void this.#way?.dispatcher?.close().catch(() => {});
      this.#way = { dispatcher: context.getDispatcher(), openedAt: performance.now() };
    }
    return { headers: context.getHeaders(), dispatcher: this.#way.dispatcher };
  }

  #unreachable(cause: unknown): RegionUnreachableError {
    const server = this.#config.getCurrentCluster()?.server ?? "no server";
    return new RegionUnreachableError(`the Kubernetes API at ${server} does not answer: ${rootMessage(cause)}`, { cause });
  }
}

export interface RequestParts {
  query?: Record<string, string>;
  body?: object;
  contentType?: string;
  signal?: AbortSignal;
}

function readConfig({ kubeconfig, context }: Pick<KubernetesSettings, "kubeconfig" | "context">, podRoot: string): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === null) config.loadFromCluster(podRoot);
    else config.loadFromFile(kubeconfig);
    if (context !== null) config.setCurrentContext(context);
  } catch (cause) {
    throw new RegionUnreachableError(`the kubeconfig ${kubeconfig ?? "of the pod"} cannot be read: ${rootMessage(cause)}`, { cause });
  }
  if (config.getCurrentCluster()) return config;
  throw new RegionUnreachableError(
    `the kubeconfig ${kubeconfig ?? "of the pod"} names no cluster for context ${config.getCurrentContext()}`,
  );
}

/** The innermost cause: fetch itself only says that it failed. */
function rootMessage(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message || at.name : String(at);
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? "";
  } catch {
    return body.slice(0, 200);
  }
}
