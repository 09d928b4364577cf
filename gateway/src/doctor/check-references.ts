import type { GatewaySettings } from "../core/gateway-settings.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import type { SettingsModel } from "../settings/settings-model.ts";
import { lockHolder } from "../supervisor/data-directory-lock.ts";
import { type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";
import { knownSettings } from "./known-settings.ts";

interface Reference {
  /** What it is for, in words. */
  readonly use: string;
  readonly reference: string;
}

/** Secrets that settings refer to, `env:NAME` and `file:PATH`: whether they are there. */
export async function checkReferences({ config }: DoctorContext): Promise<Finding[]> {
  const resolve = createSecretResolver(config.dataDirectory);
  const references = [...referencesIn(knownSettings(config)), ...fileReferences(config)];
  const secrets = await Promise.all(references.map(({ reference }) => resolve(reference)));
  const missing = references.filter((_, index) => (secrets[index] ?? "") === "");
  if (missing.length === 0) return [ok(`${references.length} references to secrets lead to one`)];
  // The environment of the one that runs may be another than the one here.
  const isRunning = lockHolder(config.dataDirectory)?.isRunning === true;
  return missing.map(({ use, reference }) => {
    const isVariable = reference.startsWith("env:");
    const remedy = isVariable
      ? `Set ${reference.slice(4)} in the environment of the gateway.`
      : "Make the file, readable for the user of the gateway, outside of the data directory.";
    const text = `${use}: there is no secret behind ${reference}`;
    return isVariable && isRunning ? warning(`${text} here`, remedy) : problem(text, remedy);
  });
}

function referencesIn(model: SettingsModel): Reference[] {
  const kinds = ["provider-config", "secret"] as const;
  return model.accountIds.flatMap((accountId) => [
    ...kinds.flatMap((kind) =>
      model.list(accountId, kind).flatMap(({ id, value }) => {
        const { reference, providerSlug, alias, name } = value as Readonly<Record<string, unknown>>;
        const label =
          kind === "secret" ? `secret ${String(name ?? id)}` : `key ${String(alias)} of ${String(providerSlug)}`;
        return typeof reference === "string" ? [{ use: `${accountId}, ${label}`, reference }] : [];
      }),
    ),
    ...model
      .list(accountId, "gateway")
      .flatMap(({ id, value }) =>
        ((value as unknown as GatewaySettings).otel ?? []).flatMap(({ url, authorization }) =>
          authorization === undefined ? [] : [{ use: `${accountId}/${id}, exporter ${url}`, reference: authorization }],
        ),
      ),
    ...model.list(accountId, "gateway").flatMap(({ id, value }) => {
      const { authorization } = (value as unknown as GatewaySettings).stripe ?? {};
      // Others are names of secrets, whose own references are among those above.
      return authorization !== undefined && /^(?:env|file):/.test(authorization)
        ? [{ use: `${accountId}/${id}, stripe`, reference: authorization }]
        : [];
    }),
  ]);
}

function fileReferences({ accounts, sign_in: signIn, alerts }: DoctorContext["config"]): Reference[] {
  const targets = Object.entries(accounts).flatMap(([accountId, { logpush }]) =>
    logpush.flatMap((target) => {
      const use = `${accountId}, logpush target ${target.name}`;
      if (target.type === "s3") return [{ use, reference: target.secret_access_key }];
      return target.type === "http" && target.authorization !== undefined
        ? [{ use, reference: target.authorization }]
        : [];
    }),
  );
  const client = signIn.oidc?.client_secret ?? null;
  const webhook = alerts.webhook === null ? [] : [{ use: "alerts.webhook", reference: alerts.webhook.secret }];
  return [...targets, ...webhook, ...(client === null ? [] : [{ use: "sign_in.oidc", reference: client }])];
}
