/** Idempotency keys of ledger transactions. One name space for each kind, so that none can take another's place. */
export const ledgerKey = {
  signUpCredit: (userId: string) => `signup-credit:${userId}`,
  /** `key` is the operator's own. */
  operatorCredit: (key: string) => `operator-credit:${key}`,
  /** Of a batch of usage: the first of its requests. The database's `settle_usage` writes the same. */
  usage: (requestId: string) => `usage:${requestId}`,
};
