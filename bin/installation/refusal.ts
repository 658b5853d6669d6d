/** A reason not to go on that its reader can act on: one sentence that says what is wrong, and which variable helps. */
export class Refusal extends Error {
  override name = "Refusal";
}
