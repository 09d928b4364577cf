import { restoreBackup } from "../../src/backup/restore-backup.ts";

// Restores a backup and kills itself after the step given; names each step on stdout.
const [source, dataDirectory, lastStep] = process.argv.slice(2) as [string, string, string];
restoreBackup({
  source,
  dataDirectory,
  force: true,
  environmentKey: null,
  nowMs: Date.now(),
  onStep(step) {
    console.log(step);
    if (step === lastStep) process.kill(process.pid, "SIGKILL");
  },
});
