import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { jsonSpan, spliceJson } from "../core/json-span.ts";
import { findBareModelOwner, findCompatProvider } from "../providers/find-compat-provider.ts";
import type { CompatEndpoint } from "../providers/provider.ts";
import type { CompiledProvider } from "../providers/registry.ts";
import { routeUpstream } from "../providers/route-upstream.ts";
import type { Exchange } from "./exchange.ts";
import { fieldsToForward } from "./fields-to-forward.ts";
import { queryToForward } from "./forward-headers.ts";
import { ownTokens } from "./own-tokens.ts";
import { type CompatPlan, planCompatCall } from "./plan-compat-call.ts";
import type { Controls } from "./read-controls.ts";
import type { RunAsked } from "./read-path.ts";
import { readRunInput, type RunInput } from "./read-run-input.ts";
import { requestTimeoutMs, retryPolicy } from "./read-try-controls.ts";
import { readWholeBody } from "./read-whole-body.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

const JSON_TYPE = "application/json";

/** A request that runs a model by its name. */
type RunResolved = Resolved & { readonly run: RunAsked };

/**
 * Plans the one step of a request that runs a model by its name on an input that is part of the body, or that is another provider's
 * than the one whose models need no prefix (reference §1.8). The input goes out byte for byte; for another provider's model its name
 * is added.
 * @throws GatewayError invalidRequest (7001) with the path of the fault, routeNotFound (7003) for unknown models, compatRefused (2019) where the input has
 *   no form that the provider has an endpoint for, notSupported (9004) for background mode, bodyTooLarge (3006).
 */
export async function planRunStep(
  exchange: Exchange,
  resolved: RunResolved,
  controls: Controls,
): Promise<readonly Step[]> {
  const headers = fieldsToForward(exchange);
  if (headerValue(headers, "content-type") === undefined) headers.push("content-type", JSON_TYPE);
  const asked = { ...resolved, query: queryToForward(resolved.query, ownTokens(exchange.gateway)) };
  const run = readRunInput(await readWholeBody(exchange), resolved.run);
  const owner = findBareModelOwner(resolved.account.providers, run.model);
  const planned =
    owner === null
      ? planOtherModel(resolved, { ...run, headers })
      : planOwnModel(asked, { ...run, headers, provider: owner });
  const step: Step = {
    ...planned,
    index: 0,
    method: "POST",
    contentType: headerValue(headers, "content-type") ?? null,
    retry: retryPolicy([controls.tries], resolved.settings),
    log: controls.log,
    credential: controls.credential,
    cache: controls.cache,
    requestKeeper: null,
    requestTimeoutMs: requestTimeoutMs([controls.tries]),
  };
  return [step];
}

type PlannedRun = Pick<Step, "provider" | "upstream" | "body" | "model" | "path">;

function planOwnModel(
  { accountId, query }: RunResolved,
  { provider, model, input, optionQuery, headers }: RunInput & { provider: CompiledProvider; headers: HeaderList },
): PlannedRun {
  const path = provider.provider.runPath?.(model) ?? model;
  const upstream = routeUpstream(provider, { rest: path, query: optionQuery || query, headers, accountId });
  return { provider, upstream, body: input, model, path };
}

function planOtherModel(
  resolved: RunResolved,
  { model, input, headers }: RunInput & { headers: HeaderList },
): CompatPlan & PlannedRun {
  const path = endpointFor(resolved, model, input);
  const asked = { rest: path, query: "", method: "POST", headers, body: withModel(input, model) };
  return { ...planCompatCall({ ...resolved, form: "rest" }, asked), path };
}

/** The endpoint whose form an input has: by its members, and for chats by what the vendor's clients expect. */
function endpointFor({ account }: RunResolved, model: string, input: Buffer): CompatEndpoint {
  const members = JSON.parse(input.toString("utf8")) as Readonly<Record<string, unknown>>;
  if (members["messages"] !== undefined) return runsAs(account.providers, model) ?? "chat/completions";
  if (members["input"] !== undefined) return /embed/i.test(model) ? "embeddings" : "responses";
  throw new GatewayError("compatRefused", {
    path: "input",
    cause: "unknown_input",
    message: `The input of ${model.slice(0, 128)} is not supported`,
    explanation:
      "expected messages (a chat) or input (a response or embeddings); use the provider's own endpoint for others",
  });
}

function runsAs(providers: Resolved["account"]["providers"], model: string): CompatEndpoint | undefined {
  try {
    return findCompatProvider(providers, model, false).compiled.provider.runsAs;
  } catch {
    // The planner says what is wrong with the name.
    return undefined;
  }
}

/** The input with the model's name in it, in the place of another that it may name. */
function withModel(input: Buffer, model: string): Buffer {
  const own = jsonSpan(input, ["model"], "last");
  if (own !== null) return spliceJson(input, own, JSON.stringify(model));
  const open = input.indexOf("{");
  const isEmpty = /^\s*\}/.test(input.subarray(open + 1, open + 64).toString("latin1"));
  const member = `"model":${JSON.stringify(model)}${isEmpty ? "" : ","}`;
  return Buffer.concat([input.subarray(0, open + 1), Buffer.from(member), input.subarray(open + 1)]);
}
