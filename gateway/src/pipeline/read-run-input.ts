import { GatewayError } from "../core/errors.ts";
import { jsonSpan } from "../core/json-span.ts";
import type { RunAsked } from "./read-path.ts";

/** What is run. */
export interface RunInput {
  /** Name of the model, with its author or of the kind that needs none. */
  readonly model: string;
  /** A JSON object, byte for byte as it was written. */
  readonly input: Buffer;
  /** Options of the run itself, such as `rejectIfBusy`, as the query that Workers AI reads them from; empty for none. */
  readonly optionQuery: string;
}

/** Options that are the gateway's or the client's own. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(["gateway", "returnRawResponse", "websocket", "background"]);

/**
 * Reads model and input of a body (reference §1.8, §1.10): the input itself, `{model, input, options?}` or a binding's
 * `{inputs, options?}`.
 * @throws GatewayError invalidRequest (7001) with the path of the fault, notSupported (9004) for background mode.
 */
export function readRunInput(body: Buffer, { model: named, inputMember }: RunAsked): RunInput {
  const parsed = parseObject(body);
  if (inputMember === null) return { model: named ?? "", input: body, optionQuery: "" };
  const model = named ?? parsed["model"];
  if (typeof model !== "string" || model === "") throw fault("model", "model must be a text: author/model, or @cf/…");
  if (!isObject(parsed[inputMember]))
    throw fault(inputMember, `${inputMember} must be an object, the model's own input`);
  const span = jsonSpan(body, [inputMember], "last");
  if (span === null) throw fault(inputMember, `${inputMember} was not found in the body`);
  const options = parsed["options"];
  refuseBackground(options);
  return { model, input: body.subarray(span.start, span.end), optionQuery: isObject(options) ? queryOf(options) : "" };
}

/** Options as `workers-ai-provider` sends them to the REST address in the place of a binding: texts of plain values. */
function queryOf(options: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (!OWN_OPTIONS.has(name) && ["string", "number", "boolean"].includes(typeof value))
      query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}

function refuseBackground(options: unknown): void {
  if (!isObject(options)) return;
  const name = ["background", "webhookUrl"].find((each) => options[each] !== undefined && options[each] !== false);
  if (name === undefined) return;
  throw new GatewayError("notSupported", {
    path: `options.${name}`,
    message: "Models are not run in the background by this version",
  });
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (isObject(parsed)) return parsed;
  } catch (error) {
    const reason = body.length === 0 ? "empty" : `not JSON: ${(error as Error).message.slice(0, 128)}`;
    throw fault("", `the body is ${reason}, expected a JSON object`);
  }
  throw fault("", "the body must be a JSON object");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(path: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message });
}
