/** Endpoints under which a provider keeps things for an account: what one key made there another may not find. */
const KEPT_PATHS =
  /(?:^|\/)(?:responses|conversations|files|uploads|batches|batchPredictionJobs|fine[_-]tuning|vector_stores|assistants|threads|containers|cachedContents|tunedModels|evals|videos|predictions)(?:[/:?]|$)/;

const RESPONSES = /(?:^|\/)responses(?:\?|$)/;

/** Members of a body that name such a thing, or hold what only its maker can read. */
const KEPT_MEMBERS = [
  "previous_response_id",
  "encrypted_content",
  '"file_id"',
  '"fileUri"',
  '"cachedContent"',
  '"conversation"',
  '"container"',
].map((member) => Buffer.from(member));

/**
 * Whether a request makes or uses something that stays with the credential that made it: files, batches, cached contents, responses,
 * encrypted reasoning. A response that is not to be stored (`"store": false`) makes nothing.
 * @param path endpoint at the provider. @param body what is at hand of it; null for none.
 */
export function touchesState(path: string, body: Buffer | null): boolean {
  const isStateless = RESPONSES.test(path) && body !== null && /"store"\s*:\s*false/.test(body.toString("latin1"));
  if (KEPT_PATHS.test(path) && !isStateless) return true;
  return body !== null && KEPT_MEMBERS.some((member) => body.includes(member));
}
