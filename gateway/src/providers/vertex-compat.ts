import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { serviceAccountText } from "./exchange-service-account.ts";
import type { CompatRule, RoutedPath } from "./provider.ts";

const MULTI_REGIONS: ReadonlySet<string> = new Set(["us", "eu"]);
const NAMED_PLACE = /^projects\/([a-z0-9][a-z0-9.:-]*)\/locations\/([a-z0-9-]+)\/(.+)$/;
const PROJECT = /^[a-z0-9][a-z0-9.:-]*$/;
const REGION = /^[a-z0-9-]+$/;

interface Place {
  readonly project: string;
  readonly region: string;
  /** Model's name with its publisher. */
  readonly model: string;
}

/** The host of a region: `global` has one of its own, `us` and `eu` are multi-regions. */
export function vertexHost(region: string): Pick<RoutedPath, "base" | "values"> {
  if (region === "global") return { base: "global", values: { region } };
  return { values: { region }, ...(MULTI_REGIONS.has(region) ? { base: "multiRegion" } : {}) };
}

/**
 * Vertex AI's OpenAI-compatible endpoint, https://cloud.google.com/vertex-ai/generative-ai/docs/migrate/openai/overview. Its path needs a
 * project and a region: those of the service account in `authorization` (its `project_id`, and the `region` added to it, `global` without), or
 * of the name `projects/{project}/locations/{region}/google/{model}`.
 */
export const vertexCompat: CompatRule = {
  endpoints: ["chat/completions"],
  below: "endpoints/openapi",
  route: (request) => {
    const { project, region, model } = placeOf(request.model, request.headers);
    const path = `v1/projects/${project}/locations/${region}/endpoints/openapi/${request.endpoint}`;
    return { path, ...vertexHost(region), model };
  },
  listedName: (id) => (id.startsWith("gemini-") ? `google/${id}` : null),
};

function placeOf(model: string, headers: HeaderList): Place {
  const [, project, region, name] = NAMED_PLACE.exec(model) ?? [];
  if (project !== undefined && region !== undefined && name !== undefined) return { project, region, model: name };
  const json = serviceAccountText(headers);
  if (json !== undefined) return { ...placeOfAccount(json), model };
  // Without any credential the vendor refuses the call whatever the project.
  if (headerValue(headers, "authorization") === undefined) return { project: "-", region: "global", model };
  throw incomplete(
    "an access token names no project: send the base64 of a service account's JSON instead, or name the model " +
      "google-vertex-ai/projects/{project}/locations/{region}/google/{model}",
  );
}

function placeOfAccount(json: string): Pick<Place, "project" | "region"> {
  let account: Record<string, unknown>;
  try {
    account = JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw incomplete("the base64 in the authorization header does not hold a JSON object");
  }
  const { project_id: project, region = "global" } = account;
  if (typeof project !== "string" || !PROJECT.test(project)) {
    throw incomplete("the service account in the authorization header has no project_id");
  }
  if (typeof region !== "string" || !REGION.test(region)) {
    throw incomplete(
      "the region of the service account in the authorization header is not a region such as us-central1",
    );
  }
  return { project, region };
}

function incomplete(explanation: string): GatewayError {
  return new GatewayError("compatRefused", { path: "authorization", cause: "project_unknown", explanation });
}
