/** How a vendor's own setting of another gateway is told here. */
export interface ForeignField {
  readonly isSecret: boolean;
  /** What to do with it. */
  readonly text: string;
}

const partOfSecret =
  "is part of the provider's stored key, a JSON text: see the guide on provider keys; make one of these settings";
const bedrock: ForeignField = { isSecret: false, text: partOfSecret };
const bedrockSecret: ForeignField = { isSecret: true, text: partOfSecret };
const inPath = (what: string): ForeignField => ({
  isSecret: false,
  text: `${what} is part of the request's path or query`,
});

const byName: Readonly<Record<string, ForeignField>> = {
  aws_access_key_id: bedrockSecret,
  aws_secret_access_key: bedrockSecret,
  aws_session_token: bedrockSecret,
  aws_region_name: bedrock,
  aws_region: bedrock,
  vertex_project: inPath("the project"),
  vertex_project_id: inPath("the project"),
  vertex_location: inPath("the region"),
  vertex_region: inPath("the region"),
  vertex_credentials: { isSecret: true, text: partOfSecret },
  vertex_service_account_json: { isSecret: true, text: partOfSecret },
  api_version: inPath("api-version"),
  azure_api_version: inPath("api-version"),
  resource_name: inPath("the resource"),
  azure_resource_name: inPath("the resource"),
  deployment_id: inPath("the deployment"),
  azure_deployment_id: inPath("the deployment"),
  azure_model_name: inPath("the deployment"),
  azure_ad_token: {
    isSecret: true,
    text: "clients send the token in `authorization`; a stored key is sent as `api-key`",
  },
  organization: { isSecret: false, text: "clients send the header `openai-organization`" },
  openai_organization: { isSecret: false, text: "clients send the header `openai-organization`" },
  openai_project: { isSecret: false, text: "clients send the header `openai-project`" },
  workers_ai_account_id: { isSecret: false, text: "name the account of headgate.yaml so, or call a custom provider" },
};

/** What a field that only one vendor knows is here, in LiteLLM's `litellm_params` or a Portkey target; null for others. */
export function foreignField(name: string): ForeignField | null {
  return Object.hasOwn(byName, name) ? (byName[name] as ForeignField) : null;
}
