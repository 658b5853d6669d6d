import { SetupFailure } from "./failure.mjs";
import { say } from "./progress.mjs";

/**
 * Runs a program's main function and ends the process with the code it returns; a failure is shown as its sentence.
 * @param {() => Promise<number>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof SetupFailure) say(error.message);
    else if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOSPC") say("The disk is full. Free some space, then start again.");
    else console.error(error);
    process.exitCode = error instanceof SetupFailure ? error.exitCode : 1;
  }
}
