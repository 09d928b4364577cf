/** Where a connection goes. */
export interface Origin {
  /** True for TLS. */
  readonly secure: boolean;
  /** Name or address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path of a unix socket that is used instead of host and port; the name then only fills the Host field. */
  readonly unixPath?: string;
}

/** A key equal for origins that may share connections. */
export function originKey(origin: Origin): string {
  return origin.unixPath ?? `${origin.secure ? "https" : "http"}://${origin.hostname}:${origin.port}`;
}
