import { expect, test } from "vitest";
import * as machine from "./credit-lease.ts";
import { SimulatedWallet } from "./simulated-wallet.fixture.ts";

/** Small and good enough to choose interleavings; the seed is in the test's name. */
function seeded(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3_266_489_917);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}

interface Call {
  requestId: string;
  amountNano: bigint;
  /** What had become free anywhere when it asked. */
  freedNano: bigint;
}

interface Gateway {
  id: string;
  lease: machine.Lease;
  asked: Map<string, Call>;
  held: Map<string, Call>;
  /** Ended, on the way to the database. */
  charged: bigint[];
  /** Grows when its process is killed: what was on the way to the old one is not heard. */
  life: number;
}

/** Many gateways, one wallet, and everything on the way between them; each step does one thing that could happen next. */
class World {
  nowMs = 1;
  wallet: SimulatedWallet;
  gateways: Gateway[];
  /** Messages under way, each for a while of its own. */
  mail: { atMs: number; deliver: () => void }[] = [];
  held = 0;
  refused = 0;
  freedNano = 0n;
  /** No charge and no release: then a refusal can be judged exactly. */
  readonly still: boolean;
  readonly random: (below: number) => number;
  #ids = 0;

  constructor(seed: number, options: { gateways: number; balanceNano: bigint; creditLineNano: bigint; still: boolean }) {
    this.random = seeded(seed);
    this.still = options.still;
    this.wallet = new SimulatedWallet(options.balanceNano, options.creditLineNano);
    this.gateways = Array.from({ length: options.gateways }, (_, index) => ({
      ...{ id: `g${index}`, lease: machine.emptyLease(0), asked: new Map(), held: new Map(), charged: [], life: 0 },
    }));
  }

  ask(gateway: Gateway, amountNano: bigint): void {
    const call = { requestId: `r${this.#ids++}`, amountNano, freedNano: this.freedNano };
    if (machine.ask(gateway.lease, call, this.nowMs)) this.#hold(gateway, call);
    else gateway.asked.set(call.requestId, call);
    this.advance(gateway);
  }

  finish(gateway: Gateway, call: Call, chargeNano: bigint): void {
    gateway.held.delete(call.requestId);
    this.freedNano += call.amountNano - chargeNano;
    this.#decided(gateway, machine.end(gateway.lease, call.amountNano, chargeNano), []);
    if (chargeNano > 0n) gateway.charged.push(chargeNano);
    this.advance(gateway);
  }

  settle(gateway: Gateway): void {
    const batch = gateway.charged.splice(0);
    const sum = batch.reduce((total, charge) => total + charge, 0n);
    const { life } = gateway;
    this.wallet.settle(gateway.id, sum);
    this.send(() => {
      if (gateway.life === life) machine.settled(gateway.lease, sum);
    });
  }

  /** Killed and started again: its journal says what was held and what had ended; then the lease goes back whole. */
  kill(gateway: Gateway): void {
    for (const charge of gateway.charged) this.wallet.settle(gateway.id, charge);
    for (const call of gateway.held.values()) {
      const charge = this.still ? call.amountNano : BigInt(this.random(Number(call.amountNano) + 1));
      this.wallet.settle(gateway.id, charge);
      this.freedNano += call.amountNano - charge;
    }
    this.freedNano += this.wallet.rows.get(gateway.id)?.amountNano ?? 0n;
    gateway.life += 1;
    Object.assign(gateway, { lease: machine.emptyLease(this.nowMs), asked: new Map(), held: new Map(), charged: [] });
    this.wallet.giveBack(gateway.id, `start${this.#ids++}`, this.wallet.rows.get(gateway.id)?.amountNano ?? 0n, null);
    if (this.nowMs < this.wallet.recall.endMs) this.#recalled(gateway, this.wallet.recall.version);
  }

  advance(gateway: Gateway): void {
    const operation = machine.next(gateway.lease, this.nowMs, () => `op${this.#ids++}`);
    const { life } = gateway;
    if (operation) this.send(() => this.#arrive(gateway, life, operation));
  }

  send(deliver: () => void): void {
    this.mail.push({ atMs: this.nowMs + this.random(40), deliver });
  }

  #arrive(gateway: Gateway, life: number, operation: machine.Operation): void {
    // A query of a killed process that has not reached the database dies with its connection.
    if (gateway.life !== life) return;
    const { lease } = gateway;
    const again = this.random(8) === 0;
    let answer: () => void;
    if (operation.kind === "draw") {
      const result = this.wallet.draw(gateway.id, operation, this.nowMs);
      const mayBeWrong = result.grantedNano === 0n && operation.neededNano > 0n ? this.#idleElsewhere(gateway) : 0n;
      const availableNano = this.wallet.availableNano;
      const { freedNano } = this;
      answer = () => {
        const { held, refused } = machine.drawn(lease, result, this.nowMs);
        for (const one of refused)
          this.#judge(gateway, one, availableNano + mayBeWrong + lease.drawnNano - lease.heldNano - lease.spentNano, freedNano);
        this.#decided(gateway, held, refused);
      };
    } else if (operation.kind === "recall") {
      const version = this.wallet.startRecall(this.nowMs);
      for (const other of this.gateways) {
        if (other !== gateway) this.send(() => this.#recalled(other, version));
      }
      answer = () => machine.recallSent(lease, version, this.nowMs);
    } else {
      const back = this.wallet.giveBack(gateway.id, operation.id, operation.amountNano, operation.recallVersion);
      answer = () => this.#decided(gateway, machine.returned(lease, back), []);
    }
    // The answer is lost: the same operation is sent again.
    if (again && operation.kind !== "recall") this.send(() => this.#arrive(gateway, life, operation));
    else {
      this.send(() => {
        if (gateway.life !== life) return;
        answer();
        this.advance(gateway);
      });
    }
  }

  #recalled(gateway: Gateway, version: bigint): void {
    machine.recalled(gateway.lease, version, this.wallet.recall.endMs);
    this.advance(gateway);
  }

  #idleElsewhere(gateway: Gateway): bigint {
    return this.gateways.filter((other) => other !== gateway).reduce((sum, other) => sum + machine.freeNano(other.lease), 0n);
  }

  /** Never refused while the wallet and the others' idle leases could pay, but for what became free after it had asked. */
  #judge(gateway: Gateway, waiter: machine.Waiter, couldPayNano: bigint, freedNano: bigint): void {
    const call = gateway.asked.get(waiter.requestId);
    if (!call) throw new Error("refused without having asked");
    const since = freedNano - call.freedNano;
    if (couldPayNano - since >= waiter.amountNano) {
      throw new Error(
        `${waiter.requestId} needs ${waiter.amountNano} and was refused while ${couldPayNano} could pay (${since} freed since)`,
      );
    }
  }

  #decided(gateway: Gateway, held: machine.Waiter[], refused: machine.Waiter[]): void {
    for (const waiter of held) {
      const call = gateway.asked.get(waiter.requestId);
      gateway.asked.delete(waiter.requestId);
      if (call) this.#hold(gateway, call);
    }
    for (const waiter of refused) gateway.asked.delete(waiter.requestId);
    this.refused += refused.length;
  }

  #hold(gateway: Gateway, call: Call): void {
    gateway.held.set(call.requestId, call);
    this.held += 1;
  }

  deliver(): void {
    this.mail.sort((a, b) => a.atMs - b.atMs);
    const due = this.mail.shift();
    if (!due) return;
    this.nowMs = Math.max(this.nowMs, due.atMs);
    due.deliver();
  }

  check(): void {
    const { wallet } = this;
    const sum = [...wallet.rows.values()].reduce((total, row) => total + row.amountNano, 0n);
    if (sum !== wallet.leasedNano) throw new Error(`leases sum to ${sum}, the wallet says ${wallet.leasedNano}`);
    if (wallet.availableNano < 0n) throw new Error(`overdrawn by ${-wallet.availableNano}`);
    for (const { id, lease, held } of this.gateways) {
      const sumHeld = [...held.values()].reduce((total, call) => total + call.amountNano, 0n);
      if (lease.heldNano !== sumHeld) throw new Error(`${id} holds ${sumHeld} and says ${lease.heldNano}`);
      if (machine.freeNano(lease) < 0n) throw new Error(`${id} has less than nothing free`);
      const sure = machine.freeNano(lease) + lease.heldNano;
      if (sure > (wallet.rows.get(id)?.amountNano ?? 0n)) throw new Error(`${id} believes in more than it has drawn`);
    }
  }

  /** Nothing new: until nobody waits and nothing is under way. */
  quiesce(): void {
    for (let step = 0; step < 20_000; step++) {
      for (const gateway of this.gateways) {
        if (gateway.charged.length > 0) this.settle(gateway);
        this.advance(gateway);
      }
      if (this.mail.length > 0) this.deliver();
      else if (this.gateways.every(({ lease }) => lease.waiting.length === 0 && lease.operation === null)) return;
      else this.nowMs += 10;
      this.check();
    }
    throw new Error("it never comes to rest");
  }
}

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

test.each(seeds)(
  "seed %i: gateways come and go, holds end with any charge; nothing is overdrawn, refused wrongly, or left held",
  (seed) => {
    const random = seeded(seed + 7_000);
    const world = new World(seed, {
      gateways: 1 + random(6),
      balanceNano: BigInt(random(4_000)),
      creditLineNano: BigInt(random(3) * 200),
      still: false,
    });
    for (let step = 0; step < 1_500; step++) {
      const gateway = world.gateways[random(world.gateways.length)] as Gateway;
      const dice = random(100);
      if (dice < 18) world.ask(gateway, BigInt(1 + random(random(2) ? 20 : 300)));
      else if (dice < 34) {
        const call = [...gateway.held.values()][random(Math.max(1, gateway.held.size))];
        if (call) world.finish(gateway, call, BigInt(random(Number(call.amountNano) + 1)));
      } else if (dice < 40) world.settle(gateway);
      // Nobody takes a second to answer here: such a gateway may be passed over, and no refusal could be judged.
      else if (dice < 42 && world.mail.length === 0) world.nowMs += random(3) === 0 ? machine.idleMs : random(600);
      else if (dice < 43) world.kill(gateway);
      else if (dice === 43) world.wallet.balanceNano += BigInt(random(100));
      else if (world.mail.length > 0) world.deliver();
      for (const one of world.gateways) world.advance(one);
      world.check();
    }
    world.quiesce();
    for (const gateway of world.gateways) for (const call of [...gateway.held.values()]) world.finish(gateway, call, call.amountNano);
    world.quiesce();
    expect(world.gateways.map(({ lease }) => lease.heldNano)).toEqual(world.gateways.map(() => 0n));
    world.nowMs += machine.idleMs;
    world.quiesce();
    expect(world.wallet.leasedNano).toBe(0n);
  },
);

test.each(seeds)("seed %i: of equal calls on credit for k of them, exactly k are held, over any number of gateways", (seed) => {
  const random = seeded(seed + 9_000);
  const price = BigInt(1 + random(50));
  const k = random(120);
  const balanceNano = BigInt(k) * price + BigInt(random(Number(price)));
  const world = new World(seed, { gateways: 1 + random(6), balanceNano, creditLineNano: 0n, still: true });
  const calls = k + random(100);
  for (let asked = 0; asked < calls; ) {
    if (random(3) > 0 || world.mail.length === 0) {
      world.ask(world.gateways[random(world.gateways.length)] as Gateway, price);
      asked += 1;
    } else world.deliver();
    world.check();
  }
  world.quiesce();
  expect([world.held, world.refused]).toEqual([Math.min(k, calls), calls - Math.min(k, calls)]);
});

test("a call that asked after a refused draw was sent is not refused by its answer", () => {
  const lease = machine.emptyLease(0);
  machine.ask(lease, { requestId: "a", amountNano: 5n }, 0);
  expect(machine.next(lease, 0, () => "1")).toMatchObject({ kind: "draw", neededNano: 5n });
  machine.ask(lease, { requestId: "b", amountNano: 5n }, 1);
  const { refused } = machine.drawn(lease, { grantedNano: 0n, othersNano: 0n, pending: 0 }, 2);
  expect(refused.map(({ requestId }) => requestId)).toEqual(["a"]);
  expect(machine.next(lease, 2, () => "2")).toMatchObject({ kind: "draw", neededNano: 5n });
});

test("answers to a recall that nobody looked at in time do not count: who answered may have something idle again", () => {
  const lease = machine.emptyLease(0);
  const refused = { grantedNano: 0n, othersNano: 9n, pending: 0 };
  machine.ask(lease, { requestId: "a", amountNano: 5n }, 0);
  machine.next(lease, 0, () => "1");
  machine.drawn(lease, refused, 1);
  expect(machine.next(lease, 1, () => "2")).toMatchObject({ kind: "recall" });
  machine.recallSent(lease, 1n, 2);
  expect(machine.next(lease, 40, () => "3")).toMatchObject({ kind: "draw", recallVersion: 1n });
  expect(machine.drawn(lease, refused, 3 + machine.recallMs).refused).toEqual([]);
  expect(machine.next(lease, 3 + machine.recallMs, () => "4")).toMatchObject({ kind: "recall" });
});
