import { performance } from "node:perf_hooks";
import { AddressRanges } from "#lib/address-ranges.ts";
import type { Config } from "#lib/config.ts";
import type { Logger } from "#lib/observability/logger.ts";
import { DenseSet } from "./dense-set.ts";
import type { HttpRequest } from "./http/request.ts";
import type { HttpResponse } from "./http/response.ts";
import { HttpServer } from "./http/server.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { createMetrics, type GaugeSource, type Metrics } from "./observability/metrics.ts";
import { requestFacts } from "./observability/request-facts.ts";
import { createRequestLog } from "./observability/request-log.ts";
import { createObservabilityServer } from "./observability/server.ts";
import { Budgets } from "./policies/budgets.ts";
import { LimitExchange } from "./policies/limit-exchange.ts";
import { Limiter } from "./policies/limiter.ts";
import type { Catalog, Credit, Metering, Principals, Receipts, SharedLimits, Spend } from "./ports.ts";
import { ActiveCalls, shuttingDown } from "./routes/active-calls.ts";
import { beginExchange, type Exchange } from "./routes/exchange.ts";
import { type DrainState, serve } from "./routes/serve.ts";
import { routeTable } from "./routes/table.ts";
import { createPicker } from "./routing/picker.ts";
import { UpstreamAgent } from "./upstream/wire/agent.ts";

/** What of the installation's settings callers get to feel. */
export type GatewaySettings = Pick<Config, "domain" | "bind" | "trustedProxies" | "imageHosts" | "currency">;

export interface GatewayDeps {
  principals: Principals;
  catalog: Catalog;
  credit: Credit;
  metering: Metering;
  spend: Spend;
  sharedLimits: SharedLimits;
  receipts: Receipts;
  settings: GatewaySettings;
  /** Figures of what is handed in, for `/metrics`. */
  gauges?: GaugeSource[];
  /** Throws where the gateway cannot serve, e.g. because its store is away. */
  checkServing(): Promise<void>;
  /** The installation's secret, for trial tokens. */
  secret: string;
  logger: Logger;
  limits?: Partial<Limits>;
}

export interface Gateway {
  /** Listens; resolves to the port (0 asks for a free one). `shared` lets other gateways listen on it too. */
  listen(port: number, host: string, shared?: boolean): Promise<number>;
  /** Serves figures and probes on a port of their own, on loopback; resolves to the port. */
  listenObservability(port: number): Promise<number>;
  /** Refuses new calls, lets running ones finish for the drain time, ends the rest with an error event, and closes. */
  drain(): Promise<void>;
}

/** How often what other gateways have charged and counted is read. */
const othersMs = 1_000;

/** The data plane's HTTP server; everything it stands on is handed in. */
export function createGateway(deps: GatewayDeps): Gateway {
  const limits: Limits = { ...defaultLimits, ...deps.limits };
  const dispatcher = new UpstreamAgent({ connectMs: limits.connectMs });
  const calls = new ActiveCalls();
  const state: DrainState = { draining: false };
  const open = new DenseSet<Exchange>();
  const budgets = new Budgets(deps.spend, deps.settings.currency);
  const limiter = new Limiter();
  const refreshing = keepFresh(budgets, new LimitExchange(limiter, deps.sharedLimits), deps.logger);
  const routes = routeTable(
    { ...callPolicies(deps.settings), ...deps, limiter, budgets, limits, dispatcher, calls, picker: createPicker() },
    state,
  );
  const metrics = gatewayMetrics(deps, open, calls);
  const logRequest = createRequestLog(deps.logger);
  const onEnded = (exchange: Exchange) => {
    const ms = performance.now() - exchange.startedMs;
    logRequest(exchange, ms);
    metrics.requestEnded(requestFacts(exchange, ms));
  };
  const serving = { routes, limits, state, hosts: deps.settings, catalog: deps.catalog, onEnded };
  const observability = createObservabilityServer({
    metrics,
    async checkServing() {
      if (state.draining) throw shuttingDown();
      await deps.checkServing();
    },
  });

  const server = new HttpServer({
    limits: { headersMs: limits.requestHeadersMs, requestMs: limits.requestBodyMs, lingerMs: limits.lingerMs },
    onRequest(request: HttpRequest, response: HttpResponse) {
      const exchange = beginExchange(request, response);
      open.add(exchange);
      response.onClose(() => open.remove(exchange));
      void serve(exchange, serving);
    },
    onRefused({ code, status }, reason) {
      metrics.refused(code);
      deps.logger.info({ status, code, reason }, "request");
    },
  });

  return {
    listen: (port, host, shared = false) => server.listen({ port, host, reusePort: shared }),
    listenObservability: (port) => observability.listen(port),
    async drain() {
      state.draining = true;
      await untilEmpty(open, limits.drainMs);
      calls.interruptAll();
      await untilEmpty(open, 1_000);
      clearInterval(refreshing);
      observability.close();
      server.destroy();
      await dispatcher.end();
    },
  };
}

function keepFresh(budgets: Budgets, limits: LimitExchange, logger: Logger): NodeJS.Timeout {
  return setInterval(() => {
    budgets.refresh().catch((err: unknown) => logger.warn({ err }, "what others have spent of budgets could not be read"));
    limits.refresh().catch((err: unknown) => logger.warn({ err }, "what others have counted against limits could not be read"));
  }, othersMs);
}

function callPolicies(settings: GatewaySettings) {
  return {
    domain: settings.domain,
    currency: settings.currency,
    trustedProxies: new AddressRanges(settings.trustedProxies),
    imageHosts: new Set(settings.imageHosts),
  };
}

function gatewayMetrics({ gauges = [], metering }: GatewayDeps, open: { readonly size: number }, calls: ActiveCalls): Metrics {
  const metrics = createMetrics();
  for (const gauge of gauges) metrics.addGauge(gauge);
  metrics.addGauge({ name: "hydra_requests_in_flight", help: "Requests that have not ended", read: () => open.size });
  metrics.addGauge({ name: "hydra_calls_in_flight", help: "Admitted calls that have not ended", read: () => calls.size });
  metrics.addGauge({
    name: "hydra_usage_has_room",
    help: "0 while no call is admitted because usage cannot be recorded",
    read: () => Number(metering.hasRoom()),
  });
  metrics.addGauge({
    name: "hydra_journal_failing",
    help: "1 while the journal cannot be written",
    read: () => Number(metering.storageFull()),
  });
  return metrics;
}

/** Resolves when nothing is open any more, or after the time. */
async function untilEmpty(open: { readonly size: number }, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (open.size > 0 && Date.now() < deadline) {
    const waitMs = Math.min(25, deadline - Date.now());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
