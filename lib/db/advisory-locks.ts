/**
 * Numbers of PostgreSQL's advisory locks, in one place: two purposes under one number would wait for each other. Of Hydra's
 * own range, so that a database shared with something else does not collide.
 */
export const advisoryLocks = {
  migrations: 7_240_511_338,
  seed: 7_240_511_339,
  newAccounts: 7_240_511_340,
  upstreams: 7_240_511_341,
  instanceBilling: 7_240_511_342,
} as const;
