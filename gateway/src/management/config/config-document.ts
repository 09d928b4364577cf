import type { SettingsObject } from "../../core/settings-object.ts";

/** A text in the configuration file's form, read. */
export type ReadDocument =
  | {
      /** Accounts, gateways and custom providers that it declares. */
      readonly objects: readonly SettingsObject[];
    }
  | {
      /** Everything wrong with it, each with its line. */
      readonly problems: readonly string[];
    };

/** What routes of the configuration as a whole work with, beside settings. */
export interface ConfigDocuments {
  /** Reads a document that may hold `accounts` alone: the rest of the file holds for the process. */
  readonly readDocument: (text: string) => ReadDocument;
  /** Members of gateways that documents cannot say. */
  readonly unsaidMembers: ReadonlySet<string>;
}
