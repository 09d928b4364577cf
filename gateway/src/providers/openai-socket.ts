import type { ProviderRequest, RoutedPath } from "./provider.ts";
import { queryParameter } from "./query-parameters.ts";

const REALTIME = /(?:^|\/)realtime$/;

/**
 * Path rule for sockets of vendors that follow OpenAI's layout: without a path, `realtime`. Only there does the query name the model;
 * on other sockets each message does.
 */
export function routeOpenAiSocket({ rest, query }: ProviderRequest): RoutedPath {
  const path = rest === "" ? "realtime" : rest;
  const model = REALTIME.test(path) ? queryParameter(query, "model") : null;
  return { path, ...(model === null ? {} : { model }) };
}
