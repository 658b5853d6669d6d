/** A failure that its reader can act on: one sentence, and an exit code for the process. */
export class SetupFailure extends Error {
  /**
   * @param {string} message what is wrong and what to do
   * @param {number} exitCode
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = "SetupFailure";
    this.exitCode = exitCode;
  }
}
