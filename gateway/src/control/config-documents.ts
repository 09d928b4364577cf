import { ConfigError } from "../config/config-error.ts";
import { parseConfig } from "../config/load-config.ts";
import { unsupportedGatewaySettings } from "../config/schema.ts";
import { readYaml } from "../config/yaml-document.ts";
import type { ConfigDocuments, ReadDocument } from "../management/config/config-document.ts";
import { catalogue } from "../providers/catalogue.ts";
import { fileObjects } from "../settings/file-objects.ts";

/** Documents for the API are read as the configuration file is, by the same schema. */
export const configDocuments: ConfigDocuments = {
  readDocument,
  unsaidMembers: unsupportedGatewaySettings,
};

function readDocument(text: string): ReadDocument {
  const others = Object.keys(readYaml(text).value ?? {}).filter((key) => key !== "accounts");
  try {
    const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);
    const { config } = parseConfig(text, {}, { providerSlugs, fileName: "document" });
    if (others.length > 0) return { problems: others.map(othersText) };
    return { objects: fileObjects({ accounts: config.accounts, providers: {}, host: config.host }) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.message.split("\n").slice(1) };
  }
}

function othersText(key: string): string {
  if (key === "providers")
    return "providers: hold for the whole process and belong in headgate.yaml; an account's own stand in accounts.<account>.providers";
  return `${key}: holds for the whole process and belongs in headgate.yaml`;
}
