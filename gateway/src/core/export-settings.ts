/** Where an account's records go; at most four, each with a name of its own (reference §10.7). */
export type LogpushTargetSettings = { readonly name: string } & (
  | FolderTargetSettings
  | HttpTargetSettings
  | S3TargetSettings
);

/** A folder of this machine. */
export interface FolderTargetSettings {
  readonly type: "folder";
  /** Absolute; made if it is not there. */
  readonly path: string;
}

/** An endpoint that takes a file in a POST. */
export interface HttpTargetSettings {
  readonly type: "http";
  /** http or https, from the operator's configuration only. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Reference of a secret whose value is sent as `authorization`. */
  readonly authorization?: string;
}

/** A bucket of S3 or of what speaks like it. */
export interface S3TargetSettings {
  readonly type: "s3";
  readonly bucket: string;
  /** Put before the names of files, e.g. `headgate/`. Default empty. */
  readonly prefix?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Address of the service, with the bucket behind it as a path; for other services than the one `region` is of. */
  readonly endpoint?: string;
  readonly access_key_id: string;
  /** Reference of a secret. */
  readonly secret_access_key: string;
}

/** One entry of a gateway's `otel` setting (reference §13.1). */
export interface OtlpExporterSettings {
  /** http or https; used as it stands, `/v1/traces` is not appended. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reference of a secret whose value is sent as `authorization`; it is looked up for every request. */
  readonly authorization?: string;
  /** Default `json`. */
  readonly content_type?: "json" | "protobuf";
}

/** Where operators are told of events. */
export interface AlertWebhookSettings {
  /** http or https, from the operator's configuration only. */
  readonly url: string;
  /** Reference of the secret that alerts are signed with. */
  readonly secret: string;
}
