import type { SettingsObject } from "../core/settings-object.ts";
import type { SettingsModel } from "./settings-model.ts";

/** A person as they are kept. */
export interface UserValue {
  readonly email: string;
  readonly name: string;
  /** Argon2id; null for people who sign in elsewhere, or not at all yet. */
  readonly passwordHash: string | null;
  /** Role by account; `*` stands for all accounts. */
  readonly roles: Readonly<Record<string, string>>;
  readonly status: "active" | "disabled";
  /** Who they are at the identity provider, as issuer and subject; null until they came from there. */
  readonly subject: string | null;
}

/** A person and the id they are kept under. */
export interface User extends UserValue {
  readonly id: string;
}

/** The person in an object of kind `user`. */
function userOf({ id, value }: Pick<SettingsObject, "id" | "value">): User {
  return { id, ...(value as unknown as UserValue) };
}

/** Everybody, in the order they were added. */
export function allUsers(model: SettingsModel): User[] {
  return model.list("", "user").map(userOf);
}

/** The person of that id; undefined when there is none. */
export function findUser(model: SettingsModel, id: string): User | undefined {
  const object = model.get("", "user", id);
  return object === undefined ? undefined : userOf(object);
}

/** The person of that e-mail address, small and capital letters the same; undefined when there is none. */
export function findUserByEmail(model: SettingsModel, email: string): User | undefined {
  const wanted = inSmallLetters(email);
  return allUsers(model).find((user) => inSmallLetters(user.email) === wanted);
}

/** Letters of ASCII alone: some of other alphabets have small forms that look like another person's (the Kelvin sign's is k). */
function inSmallLetters(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
