import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CommandDef, defineCommand } from "citty";
import { keyPaths, type KeyMark } from "../secrets/key-files.ts";
import type { Rotated, RotationPlace } from "../secrets/rotate-master-key.ts";
import { rejectUnknownArguments } from "./usage-error.ts";

const rotateArguments = {
  "to-file": {
    type: "boolean",
    description: "Keep the new key in master.key, also when the present one is from the environment.",
  },
} as const;

const rotate = defineCommand({
  meta: {
    name: "rotate",
    description: "Put another master key in place of the present one; the gateway has to be stopped.",
  },
  args: rotateArguments,
  async run({ args }) {
    rejectUnknownArguments(args, rotateArguments);
    const [{ rotateMasterKey }, { openSealedSettings }, { lockDataDirectory }] = await Promise.all([
      import("../secrets/rotate-master-key.ts"),
      import("../control/sealed-settings.ts"),
      import("../supervisor/data-directory-lock.ts"),
    ]);
    const place = await ownPlace();
    const lock = lockDataDirectory(place.dataDirectory);
    try {
      using store = openSealedSettings(place.dataDirectory);
      console.log(rotatedText(await rotateMasterKey({ place, store, toFile: args["to-file"] === true }), place));
    } finally {
      lock.release();
    }
  },
});

const status = defineCommand({
  meta: { name: "status", description: "Tell which master key is in use, and whether every secret is under it." },
  async run({ args }) {
    rejectUnknownArguments(args, {});
    const [{ readKeyMarks }, { findKey }, { openSealedSettings }] = await Promise.all([
      import("../secrets/key-files.ts"),
      import("../secrets/load-keys.ts"),
      import("../control/sealed-settings.ts"),
    ]);
    const place = await ownPlace();
    const { dataDirectory } = place;
    const marks = readKeyMarks(keyPaths(dataDirectory).id);
    if (marks === null) return console.log("There is no master key yet: one is made at the first start.");
    console.log(`Master key ${marks.fingerprint}, from ${originOf(marks, dataDirectory)}`);
    if (marks.next !== null) {
      const origin = originOf(marks.next, dataDirectory);
      console.log(`A rotation to ${marks.next.fingerprint}, from ${origin}, was broken off: the next start ends it`);
    }
    if (existsSync(join(dataDirectory, "settings.db"))) {
      using store = openSealedSettings(dataDirectory);
      const others = [...(await store.keyIds())].filter((id) => id !== marks.fingerprint);
      console.log(
        others.length === 0 ? "Every stored secret is under it" : `Secrets are under ${others.join(", ")}, too`,
      );
    }
    // Last, so that all of the above is told whatever is wrong with the key.
    if (marks.next === null) findKey(place, marks);
  },
});

/** `headgate keys`: the master key of stored secrets. */
export const keysCommand: CommandDef = defineCommand({
  meta: { name: "keys", description: "See or change the master key of stored secrets." },
  subCommands: { rotate, status },
});

async function ownPlace(): Promise<RotationPlace> {
  const { loadOwnConfig } = await import("./load-own-config.ts");
  const { config, secrets } = loadOwnConfig();
  return {
    dataDirectory: config.dataDirectory,
    environmentKey: secrets.masterKey,
    newEnvironmentKey: secrets.newMasterKey,
  };
}

function originOf({ source }: Pick<KeyMark, "source">, dataDirectory: string): string {
  return source === "file" ? keyPaths(dataDirectory).key : "HEADGATE_MASTER_KEY";
}

function rotatedText({ fingerprint, source, resealed, unreadable }: Rotated, { dataDirectory }: RotationPlace): string {
  const lines = [
    `The master key is now ${fingerprint}, from ${originOf({ source }, dataDirectory)}; secrets sealed anew: ${resealed}.`,
    ...(unreadable === 0 ? [] : [`Sealed under keys that are not there, and left as they are: ${unreadable}.`]),
    source === "file"
      ? "Keep a copy of that file. Start without HEADGATE_MASTER_KEY."
      : "Start with HEADGATE_MASTER_KEY set to the new key.",
  ];
  return lines.join("\n");
}
