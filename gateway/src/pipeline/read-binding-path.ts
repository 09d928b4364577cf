import { GatewayError } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import { decodeSegment } from "../providers/decode-segment.ts";
import { bindingCallOf, isRunCall } from "./binding-call.ts";
import type { Asked, RequestPath, RunAsked } from "./read-path.ts";
import { gatewayInField } from "./read-rest-path.ts";

/** A name that a binding may put before its model: `{prefix}:@cf/…`. */
const MODEL_PREFIX = /^[\w-]+:(?=@)/;
const BINDING_UNIVERSAL = /^\/ai-gateway\/universal\/run\/([^/]+)\/?$/;

/**
 * What a call of a Worker's AI binding asks for; null for other requests.
 * @throws GatewayError routeNotFound (7003) for calls that are not answered here, invalidRequest (7001) for wrong fields.
 */
export function readBindingPath(head: RequestHead): RequestPath | null {
  const call = bindingCallOf(head);
  if (call === null) return null;
  const { accountId, target, isProxied } = call;
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? "" : target.slice(queryStart);
  const form = isProxied ? "rest" : "binding";
  if (isRunCall(call)) {
    const run = readRunFields(head);
    const asked: Asked = { kind: "run", run };
    const ownQuery = run.inputMember === null ? inputQuery(query) : "";
    return { form, accountId, gatewayId: gatewayInField(head), asked, query: ownQuery };
  }
  const universal = BINDING_UNIVERSAL.exec(path);
  if (universal === null) {
    throw new GatewayError("routeNotFound", {
      message: `Could not route to ${path.slice(0, 128)}: a binding may call /run, /ai-gateway/run and /ai-gateway/universal/run/{gateway}`,
    });
  }
  const gatewayId = decodeSegment(universal[1] as string);
  return { form, accountId, gatewayId, asked: { kind: "universal" }, query };
}

/** A body that is no JSON is the input itself, such as a recording (`env.AI.run` with a stream). */
function readRunFields({ headers }: RequestHead): RunAsked {
  const model = headerValue(headers, "cf-consn-model-id")?.replace(MODEL_PREFIX, "");
  if (model === undefined || model === "") {
    throw new GatewayError("invalidRequest", {
      path: "cf-consn-model-id",
      message: "cf-consn-model-id must name the model that is to be run, and is missing",
    });
  }
  const isJson = headerValue(headers, "content-type")?.includes("json") === true;
  return { model, inputMember: isJson ? "inputs" : null, isBinding: true };
}

/** What a binding says beside an input that is the whole body: options in the query, further inputs as JSON in one of them. */
function inputQuery(query: string): string {
  const given = new URLSearchParams(query);
  const inputs = given.get("userInputs") ?? "{}";
  for (const name of ["userInputs", "version", "gateway"]) given.delete(name);
  try {
    for (const [name, value] of Object.entries(JSON.parse(inputs) as Record<string, unknown>)) {
      given.set(name, typeof value === "string" ? value : JSON.stringify(value));
    }
  } catch {
    throw new GatewayError("invalidRequest", { path: "userInputs", message: "userInputs must be a JSON object" });
  }
  return given.size === 0 ? "" : `?${given.toString()}`;
}
