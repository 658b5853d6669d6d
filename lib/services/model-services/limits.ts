/** Instances of one service; the database holds the same bounds. */
export const minInstances = 1;
export const maxInstances = 1_000;
