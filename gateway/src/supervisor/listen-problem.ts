import { exitStatus, StartError } from "./exit-status.ts";

/** The system's error of a failed listen as an operator should read it; `unknown` problems keep the system's own words. */
export function listenProblem(error: unknown, host: string, port: number): StartError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return new StartError(
      `Port ${port} on ${host} is in use by another program. Stop that program, or set PORT to a free port: PORT=${otherPort(port)}.`,
      exitStatus.unavailable,
    );
  }
  if (code === "EACCES" || code === "EPERM") {
    return new StartError(
      `Port ${port} on ${host} may not be listened on (${code}). Set PORT to a port from 1024 on: PORT=8787.`,
      exitStatus.noPermission,
    );
  }
  return new StartError(
    `${host} cannot be listened on (${code ?? message}). Set HOST to an address of this machine: HOST=127.0.0.1, or HOST=0.0.0.0 for all of them.`,
    exitStatus.unavailable,
  );
}

function otherPort(port: number): number {
  return port < 65_535 ? port + 1 : 8787;
}
