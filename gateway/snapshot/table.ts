/** Entities of one kind in memory. */
export interface Table<Row> {
  /** @param stamp of the load that was the last to begin; what a load has not seen is swept away at its end */
  put(row: Row, stamp: number): void;
  remove(id: string): void;
  /** Forgets what was put before that stamp. */
  sweep(stamp: number): void;
}

/** Records by their id, and no more. */
export class RecordTable<Row extends { id: string }> implements Table<Row> {
  readonly #records = new Map<string, { row: Row; stamp: number }>();
  readonly #onChange: () => void;

  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  get(id: string): Row | undefined {
    return this.#records.get(id)?.row;
  }

  *values(): Generator<Row> {
    for (const { row } of this.#records.values()) yield row;
  }

  put(row: Row, stamp: number): void {
    this.#records.set(row.id, { row, stamp });
    this.#onChange();
  }

  remove(id: string): void {
    if (this.#records.delete(id)) this.#onChange();
  }

  sweep(stamp: number): void {
    for (const [id, record] of this.#records) if (record.stamp < stamp) this.remove(id);
  }
}
