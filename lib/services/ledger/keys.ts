/** Idempotency keys of ledger transactions. One name space for each kind, so that none can take another's place. */
export const ledgerKey = {
  signUpCredit: (userId: string) => `signup-credit:${userId}`,
  /** `key` is the operator's own. */
  operatorCredit: (key: string) => `operator-credit:${key}`,
  /** What `hydra doctor` looks for beside each usage record with a charge. */
  usage: (requestId: string) => `usage:${requestId}`,
};
