import { type DrawAnswer, type Operation, recallStandsMs } from "./credit-lease.ts";

interface Row {
  amountNano: bigint;
  recallSeen: bigint;
  operation: string;
  operationNano: bigint;
}

/** The database's part of the lease protocol for one workspace, step by step what the migration's functions do. */
export class SimulatedWallet {
  balanceNano: bigint;
  creditLineNano: bigint;
  leasedNano = 0n;
  recall = { version: 0n, endMs: 0 };
  readonly rows = new Map<string, Row>();

  constructor(balanceNano: bigint, creditLineNano: bigint) {
    this.balanceNano = balanceNano;
    this.creditLineNano = creditLineNano;
  }

  get availableNano(): bigint {
    return this.balanceNano + this.creditLineNano - this.leasedNano;
  }

  draw(gateway: string, draw: Extract<Operation, { kind: "draw" }>, nowMs: number): DrawAnswer {
    const others = [...this.rows].filter(([id, other]) => id !== gateway && other.amountNano > 0n).map(([, other]) => other);
    const othersNano = others.reduce((sum, other) => sum + other.amountNano, 0n);
    const pending = others.filter((other) => other.recallSeen < (draw.recallVersion ?? 0n)).length;
    const known = this.rows.get(gateway);
    if (known?.operation === draw.id) return { grantedNano: known.operationNano, othersNano, pending };
    const grantedNano = this.#grant(draw, nowMs);
    if (grantedNano > 0n) {
      this.leasedNano += grantedNano;
      const row = known ?? { amountNano: 0n, recallSeen: 0n, operation: "", operationNano: 0n };
      this.rows.set(gateway, { ...row, amountNano: row.amountNano + grantedNano, operation: draw.id, operationNano: grantedNano });
    }
    return { grantedNano, othersNano, pending };
  }

  #grant({ neededNano, queuedNano, aheadNano }: Extract<Operation, { kind: "draw" }>, nowMs: number): bigint {
    const available = this.availableNano;
    if (available < neededNano) return 0n;
    const ahead = nowMs < this.recall.endMs ? 0n : aheadNano;
    if (neededNano === 0n && available / 4n < ahead / 64n) return 0n;
    const quarter = available / 4n < ahead ? available / 4n : ahead;
    const granted = quarter > neededNano ? quarter : neededNano;
    return queuedNano <= available && queuedNano > granted ? queuedNano : granted;
  }

  giveBack(gateway: string, id: string, amountNano: bigint, recallVersion: bigint | null): bigint {
    const row = this.rows.get(gateway);
    if (!row) return 0n;
    if (row.operation === id) return row.operationNano;
    const back = amountNano < row.amountNano ? amountNano : row.amountNano;
    this.leasedNano -= back;
    const recallSeen = recallVersion !== null && recallVersion > row.recallSeen ? recallVersion : row.recallSeen;
    this.rows.set(gateway, { amountNano: row.amountNano - back, recallSeen, operation: id, operationNano: back });
    return back;
  }

  startRecall(nowMs: number): bigint {
    this.recall = { version: this.recall.version + 1n, endMs: nowMs + recallStandsMs };
    return this.recall.version;
  }

  settle(gateway: string, chargeNano: bigint): void {
    const row = this.rows.get(gateway);
    if (chargeNano === 0n) return;
    if (!row || row.amountNano < chargeNano) throw new Error("a lease is smaller than its charges");
    row.amountNano -= chargeNano;
    this.leasedNano -= chargeNano;
    this.balanceNano -= chargeNano;
  }
}
