/** Something that a {@link DenseSet} can hold; `place` is the set's own. */
export interface Placed {
  place: number;
}

/**
 * The members of a short-lived kind, such as running calls: constant time to add and to remove, in no order. Not a Set: V8
 * replaces the table of a Set that is added to and removed from all the time, and each table that was replaced refers to
 * the next, so that one in the old generation keeps all that follow, with their members, until the next full collection.
 */
export class DenseSet<Member extends Placed> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    member.place = this.#members.length;
    this.#members.push(member);
  }

  /** Once for each `add`. */
  remove(member: Member): void {
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[member.place] = last;
    last.place = member.place;
  }

  has(member: Member): boolean {
    return this.#members[member.place] === member;
  }

  [Symbol.iterator](): Iterator<Member> {
    return this.#members[Symbol.iterator]();
  }
}
