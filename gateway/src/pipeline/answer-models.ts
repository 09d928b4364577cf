import { compatPath } from "../providers/compat-endpoints.ts";
import type { Exchange } from "./exchange.ts";
import { addGatewayFields } from "./gateway-fields.ts";
import { COMPAT, type Resolved } from "./resolve.ts";

/** Whether a request is for the list of models, which the gateway answers itself. */
export function asksForModels(exchange: Exchange, resolved: Resolved): boolean {
  const { method } = exchange.request.head;
  if (resolved.providerSlug !== COMPAT || (method !== "GET" && method !== "HEAD")) return false;
  return compatPath(resolved.rest) === "models";
}

/** Answers with the models that can be asked for at the compat address, and their prices (reference §1.7). Not recorded: nothing was asked of a provider. */
export function answerModels(exchange: Exchange, resolved: Resolved): void {
  const { gateway, request } = exchange;
  const body = gateway.modelList({ providers: resolved.account.providers, prices: gateway.prices });
  const fields = ["content-type", "application/json", "content-length", String(body.length)];
  addGatewayFields(fields, exchange, { logId: exchange.requestId, step: 0 });
  const { response, head } = request;
  response.head(200, fields, head.method === "HEAD" ? "none" : "length");
  response.write(body);
  response.end();
}
