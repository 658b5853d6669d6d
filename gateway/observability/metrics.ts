import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { ByThree } from "./by-three.ts";
import { type Series, SeriesHistogram } from "./series-histogram.ts";

/** One request that has ended, as metrics see it: no ids, no keys, no texts of a caller's. */
export interface RequestFacts {
  /** Pattern of the route; empty where there was none. */
  route: string;
  /** HTTP status that was sent; 499 where the client left before there was one. */
  status: number;
  errorCode: string | null;
  seconds: number;
  /** Of a call that was admitted, else null. */
  call: CallFacts | null;
}

export interface CallFacts {
  model: string;
  inputTokens: number;
  outputTokens: number;
  firstTokenSeconds: number | null;
}

/** A figure that is read when it is asked for. */
export interface GaugeSource {
  name: string;
  help: string;
  read(): number;
}

export interface Metrics {
  requestEnded(facts: RequestFacts): void;
  /** Refused before it became a request: what the HTTP parser turns away. */
  refused(code: string): void;
  addGauge(source: GaugeSource): void;
  /** All figures in Prometheus' text form. */
  text(): Promise<string>;
  contentType: string;
}

/** Names beyond this many are counted together: each costs about a hundred lines a scrape. */
const mostModels = 500;
const secondsBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5];
const tokenBuckets = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/** The gateway's figures. Where OpenTelemetry's GenAI conventions have a name for one, it has that name. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = countRequests(registry);
  const refusals = new Counter({
    name: "hydra_refusals_total",
    help: "Requests that were turned away before they were admitted, by error code; they leave no usage record",
    labelNames: ["code"],
    registers,
  });
  const seriesOf = callSeries(registry);

  return {
    requestEnded({ route, status, errorCode, seconds, call }) {
      requests.of(route, status, errorCode ?? "").count++;
      if (call) observeCall(seriesOf(route, call.model, errorCode ?? ""), call, seconds);
      else if (errorCode) refusals.inc({ code: errorCode });
    },
    refused: (code) => refusals.inc({ code }),
    addGauge({ name, help, read }) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** How many there were of each; the library's own counters are found by their labels each time. */
function countRequests(registry: Registry): ByThree<string, number, string, { count: number }> {
  const all: { labels: Record<string, string>; count: number }[] = [];
  new Counter({
    name: "hydra_requests_total",
    help: "Requests that have ended, by route, HTTP status and error code",
    labelNames: ["route", "status", "code"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of all) this.inc(labels, count);
    },
  });
  return new ByThree((route, status, code) => {
    const requests = { labels: { route: route || "none", status: String(status), code }, count: 0 };
    all.push(requests);
    return requests;
  });
}

interface CallSeries {
  duration: Series;
  firstToken: Series;
  perToken: Series;
  input: Series;
  output: Series;
}

const operations: Record<string, string> = {
  "/v1/chat/completions": "chat",
  "/v1/completions": "text_completion",
  "/v1/embeddings": "embeddings",
  "/v1/images/generations": "image_generation",
};

/** The histograms of admitted calls. Finding a series by its labels costs more than counting in it, so each is found once. */
function callSeries(registry: Registry): (route: string, model: string, errorType: string) => CallSeries {
  const common = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"];
  const histogram = (name: string, help: string, more: string[], buckets: number[]) =>
    new SeriesHistogram({ name, help, labelNames: [...common, ...more], buckets, registers: [registry] });
  const duration = histogram("gen_ai_server_request_duration_seconds", "Time of an admitted call", ["error_type"], secondsBuckets);
  const firstToken = histogram("gen_ai_server_time_to_first_token_seconds", "Time to the first token", [], secondsBuckets);
  const perToken = histogram("gen_ai_server_time_per_output_token_seconds", "Time per token after the first", [], tokenSecondsBuckets);
  const usage = histogram("gen_ai_client_token_usage", "Tokens of a call", ["gen_ai_token_type"], tokenBuckets);
  const series = new ByThree((route: string, model: string, errorType: string): CallSeries => {
    const labels = { gen_ai_operation_name: operations[route] ?? route, gen_ai_provider_name: "hydra", gen_ai_request_model: model };
    return {
      duration: duration.series({ ...labels, error_type: errorType }),
      firstToken: firstToken.series(labels),
      perToken: perToken.series(labels),
      input: usage.series({ ...labels, gen_ai_token_type: "input" }),
      output: usage.series({ ...labels, gen_ai_token_type: "output" }),
    };
  });
  const models = new Set<string>();

  return (route, model, errorType) => {
    const name = models.has(model) || models.size < mostModels ? model : "other";
    models.add(name);
    return series.of(route, name, errorType);
  };
}

function observeCall(series: CallSeries, { inputTokens, outputTokens, firstTokenSeconds }: CallFacts, seconds: number): void {
  series.duration.observe(seconds);
  series.input.observe(inputTokens);
  series.output.observe(outputTokens);
  if (firstTokenSeconds === null) return;
  series.firstToken.observe(firstTokenSeconds);
  if (outputTokens > 1) series.perToken.observe((seconds - firstTokenSeconds) / (outputTokens - 1));
}
