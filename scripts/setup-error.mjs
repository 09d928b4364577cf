/** A fault of the machine or the checkout that its user can mend: told as a message, without a stack. */
export class SetupError extends Error {
  name = "SetupError";
}

/**
 * Runs the main function of a script. A `SetupError` becomes a message and exit code 1; other errors keep their stack.
 *
 * @param {() => Promise<number>} main answers the exit code
 */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`headgate: ${error.message}\n`);
    process.exitCode = 1;
  }
}
