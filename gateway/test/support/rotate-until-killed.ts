import { openSealedSettings } from "../../src/control/sealed-settings.ts";
import { rotateMasterKey } from "../../src/secrets/rotate-master-key.ts";

// Rotates the master key of a data directory and kills itself before the step given; names each step on stdout.
const [dataDirectory, lastStep, environmentKey, newEnvironmentKey] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const settings = openSealedSettings(dataDirectory);
const stopAt = (step: string): void => {
  console.log(step);
  if (step === lastStep) process.kill(process.pid, "SIGKILL");
};
await rotateMasterKey({
  place: {
    dataDirectory,
    environmentKey: environmentKey === "" ? null : environmentKey,
    newEnvironmentKey: newEnvironmentKey === "" ? null : newEnvironmentKey,
  },
  store: {
    keyIds: settings.keyIds,
    async reseal(replace) {
      await settings.reseal(replace);
      stopAt("sealed anew");
    },
  },
  toFile: newEnvironmentKey === "",
  onStep: stopAt,
});
