/** The master key is missing, wrong or not kept well. The message is for the operator: what is wrong and what to do. */
export class MasterKeyError extends Error {
  override readonly name = "MasterKeyError";
}
