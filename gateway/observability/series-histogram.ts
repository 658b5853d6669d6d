import { Histogram, type HistogramConfiguration } from "prom-client";

type Figures = Awaited<ReturnType<Histogram["get"]>>;
type Labels = Record<string, string>;

/** The library has names where its types say numbers. */
const type = "histogram" as unknown as Figures["type"];

/** A histogram whose series are held by those who count in them: one is found once, and then costs an addition or two. */
export class SeriesHistogram extends Histogram {
  readonly #series: Series[] = [];
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];

  constructor(configuration: HistogramConfiguration<string> & { buckets: number[] }) {
    super(configuration);
    this.#name = configuration.name;
    this.#help = configuration.help;
    this.#bounds = configuration.buckets;
  }

  /** A new series. Call it once for each set of labels. */
  series(labels: Labels): Series {
    const series = new Series(labels, this.#bounds);
    this.#series.push(series);
    return series;
  }

  override async get(): Promise<Figures> {
    const values = this.#series.flatMap((series) => series.figures(this.#name));
    return { name: this.#name, help: this.#help, type, aggregator: "sum", collect() {}, values };
  }

  /** What the registry's text is made from. */
  getForPromString(): Promise<Figures> {
    return this.get();
  }
}

/** One series: how many values there were up to each bound. */
export class Series {
  readonly #labels: Labels;
  readonly #bounds: readonly number[];
  /** Up to each bound and above the one before; the last is beyond all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.#labels = labels;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let place = 0;
    while (place < this.#bounds.length && value > (this.#bounds[place] as number)) place++;
    this.#counts[place] = (this.#counts[place] as number) + 1;
    this.#sum += value;
  }

  /** As Prometheus has them: each bucket holds all below it. */
  figures(name: string): Figures["values"] {
    let count = 0;
    const buckets = [...this.#bounds, "+Inf"].map((le, place) => {
      count += this.#counts[place] as number;
      return { metricName: `${name}_bucket`, labels: { le, ...this.#labels }, value: count };
    });
    const all = { labels: this.#labels };
    return [...buckets, { metricName: `${name}_sum`, value: this.#sum, ...all }, { metricName: `${name}_count`, value: count, ...all }];
  }
}
