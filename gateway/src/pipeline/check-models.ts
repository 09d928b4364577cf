import { jsonText } from "../core/json-span.ts";
import { mayUseModel } from "../access/may-run.ts";
import { GatewayError } from "../core/errors.ts";
import type { Admitted } from "./authenticate.ts";
import type { Step } from "./step.ts";

/**
 * The rest of `authenticate`, once it is known what is asked for: a token that is bound to models may use no others, in no step. Every model that
 * path and body name counts, fallbacks in `models` included; a request whose model cannot be read for sure is refused.
 * @returns the steps as they were planned.
 * @throws GatewayError modelNotAllowed (9007).
 */
export function checkModels({ token }: Admitted, steps: readonly Step[]): readonly Step[] {
  if (token === null || token.models === null) return steps;
  for (const step of steps) {
    const provider = step.provider.slug;
    const names = modelsNamed(step);
    const refusedName = names.find((name) => !mayUseModel(token, { provider, name }));
    if (refusedName === undefined && names.length > 0) continue;
    const model = refusedName ?? null;
    throw new GatewayError("modelNotAllowed", {
      message:
        model === null
          ? "This token is bound to models, and none can be read in the request"
          : `This token may not use the model ${provider}/${model.slice(0, 128)}`,
      cause: model === null ? "model_unknown" : "other_model",
    });
  }
  return steps;
}

/** Whether a request's model has to be known before it may go on. */
export function isBoundToModels({ token }: Admitted): boolean {
  return token !== null && token.models !== null;
}

/** Every model a step names; empty when that cannot be said. */
function modelsNamed({ body, upstream, contentType }: Step): string[] {
  const inPath = upstream.model === null ? [] : [upstream.model];
  if (body === null || (Buffer.isBuffer(body) && body.length === 0)) return inPath;
  if (!Buffer.isBuffer(body)) return [];
  if (contentType?.includes("json") !== true) return inPath;
  let parsed: unknown;
  try {
    // All of it, and not only the first member of that name: of two, providers take the last.
    parsed = JSON.parse(body.toString("utf8"));
  } catch {
    return [];
  }
  if (typeof parsed !== "object" || parsed === null) return [];
  const inBody = [...membersCalled(parsed, "model"), ...membersCalled(parsed, "models").flat()];
  // Some providers take the first of two members.
  const first = jsonText(body, ["model"]);
  if (first !== null) inBody.push(first);
  return inBody.every((name) => typeof name === "string") ? [...inPath, ...inBody] : [];
}

/** Values of the members of that name, in small letters or capital ones: some providers read both. */
function membersCalled(parsed: object, name: string): unknown[] {
  return Object.entries(parsed).flatMap(([member, value]) => (member.toLowerCase() === name ? [value as unknown] : []));
}
