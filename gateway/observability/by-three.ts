/**
 * Values by three names, each made when it is asked for first. The names are looked up one after the other: they are the same
 * few texts each time, whose hashes are known, while a text put together of them would have to be hashed anew.
 */
export class ByThree<A, B, C, Value> {
  readonly #values = new Map<A, Map<B, Map<C, Value>>>();
  readonly #make: (a: A, b: B, c: C) => Value;

  constructor(make: (a: A, b: B, c: C) => Value) {
    this.#make = make;
  }

  of(a: A, b: B, c: C): Value {
    return this.#values.get(a)?.get(b)?.get(c) ?? this.#add(a, b, c);
  }

  #add(a: A, b: B, c: C): Value {
    const byB = this.#values.get(a) ?? new Map<B, Map<C, Value>>();
    const byC = byB.get(b) ?? new Map<C, Value>();
    const value = this.#make(a, b, c);
    this.#values.set(a, byB.set(b, byC.set(c, value)));
    return value;
  }
}
