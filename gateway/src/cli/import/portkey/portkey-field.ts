import { memberOf, type SourceValue } from "../import-source.ts";

/** A member under its name, or under the name in camel case, which Portkey takes as well; null when there is neither. */
export function fieldOf(parent: SourceValue, name: string): SourceValue | null {
  return (
    memberOf(parent, name) ??
    memberOf(
      parent,
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    )
  );
}

/** A member's name as Portkey's reference writes it. */
export function plainName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
