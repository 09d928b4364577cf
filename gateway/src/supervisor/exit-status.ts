/** Exit statuses of the `headgate` command; those from 64 on follow `sysexits.h` of BSD. */
export const exitStatus = {
  ok: 0,
  /** What was looked at has problems. */
  problems: 1,
  /** The command line was not understood. */
  usage: 64,
  /** The master key is missing, wrong, or may be read by others. */
  masterKey: 65,
  /** A file that was given is damaged, or of a version that this program does not know. */
  badData: 65,
  /** There is nothing to read, e.g. no journal. */
  noInput: 66,
  /** The address or the data directory is in use. */
  unavailable: 69,
  /** A part of the gateway failed in a way nobody foresaw. */
  software: 70,
  /** The data directory cannot be written to. */
  cannotCreate: 73,
  /** The address may not be listened on. */
  noPermission: 77,
  /** The configuration has problems. */
  configuration: 78,
} as const;

/** One of the statuses above. */
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** The gateway cannot start. Its message is for the operator: what is wrong and what to do. */
export class StartError extends Error {
  readonly status: ExitStatus;

  /** @param message one or a few lines of plain text. @param status what the process exits with. */
  constructor(message: string, status: ExitStatus) {
    super(message);
    this.name = "StartError";
    this.status = status;
  }
}
