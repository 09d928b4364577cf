import { mkdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dir, "../../../dashboard/dist-pictures");

/** Where the picture of a page is put: in a folder that is not kept in the repository. */
export function picturePath(name: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
