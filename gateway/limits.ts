/** Every bound of the gateway. Times in milliseconds; tests set them small. */
export interface Limits {
  maxBodyBytes: number;
  /** Deepest nesting of a request's JSON. */
  maxDepth: number;
  /** Objects and arrays in a request's JSON. */
  maxContainers: number;
  maxMessages: number;
  maxHeaders: number;
  /** An instance's connection. */
  connectMs: number;
  /** From sending a call to the first byte of an answer, over both attempts. */
  firstByteMs: number;
  /** Silence of an instance between two bytes. */
  idleMs: number;
  /** Of a whole call. */
  totalMs: number;
  /** Between the finish and the end of the instance's stream. */
  finishGraceMs: number;
  /** Silence towards the client after which a comment line keeps proxies from closing an open stream. */
  heartbeatMs: number;
  /** Silence after which a stream is opened before the call has committed. */
  earlyOpenMs: number;
  maxLineBytes: number;
  /** Of all events of an answer that is put together here. */
  maxAnswerBytes: number;
  /** How long running calls may go on after SIGTERM. */
  drainMs: number;
  /** How long usage that waits for the database is tried for at the end. */
  flushMs: number;
  /** How long the rest of a refused body is read and thrown away, so that the client sees the refusal. */
  lingerMs: number;
  requestHeadersMs: number;
  requestBodyMs: number;
  /** A look-up in the store. */
  lookupMs: number;
  /** Usage records that wait for the database; more calls are refused then. */
  maxWaitingRecords: number;
}

export const defaultLimits: Limits = {
  maxBodyBytes: 10 * 1024 * 1024,
  maxDepth: 64,
  maxContainers: 200_000,
  maxMessages: 10_000,
  maxHeaders: 200,
  connectMs: 5_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
  finishGraceMs: 700,
  heartbeatMs: 15_000,
  earlyOpenMs: 45_000,
  maxLineBytes: 1024 * 1024,
  maxAnswerBytes: 64 * 1024 * 1024,
  drainMs: 20_000,
  flushMs: 10_000,
  lingerMs: 3_000,
  requestHeadersMs: 15_000,
  requestBodyMs: 60_000,
  lookupMs: 5_000,
  maxWaitingRecords: 20_000,
};
