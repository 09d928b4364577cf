/** Where a connection goes. */
export interface Origin {
  /** True for TLS. */
  readonly secure: boolean;
  /** Name or address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path of a unix socket that is used instead of host and port; the name then only fills the Host field. */
  readonly unixPath?: string;
  /** Chosen by someone else than the operator: connections are held to the address policy. Absent means no. */
  readonly isGuarded?: boolean;
}

/** A key equal for origins that may share connections. A guarded origin never gets a connection that was opened unchecked. */
export function originKey(origin: Origin): string {
  const guard = origin.isGuarded === true ? "guarded " : "";
  return origin.unixPath ?? `${guard}${origin.secure ? "https" : "http"}://${origin.hostname}:${origin.port}`;
}
