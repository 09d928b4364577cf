/** What a URL's query gives, before it is looked at. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** The page a URL names, from 1 on; absent for the first and for what is none. */
export function pageIn({ page }: RawSearch): { page?: number } {
  return typeof page === "number" && Number.isSafeInteger(page) && page > 1 && page <= 1_000_000 ? { page } : {};
}

/** A text a URL holds; absent when it is empty, none or longer than `mostCharacters`. */
export function textIn<Name extends string>(
  search: RawSearch,
  name: Name,
  mostCharacters = 256,
): { [K in Name]?: string } {
  const value = search[name];
  const text = typeof value === "number" ? String(value) : value;
  const isText = typeof text === "string" && text !== "" && text.length <= mostCharacters;
  return (isText ? { [name]: text } : {}) as { [K in Name]?: string };
}

/** One of some words a URL holds; absent for any other. */
export function wordIn<Name extends string, const Word extends string>(
  search: RawSearch,
  name: Name,
  words: readonly Word[],
): { [K in Name]?: Word } {
  const found = words.find((word) => word === search[name]);
  return (found === undefined ? {} : { [name]: found }) as { [K in Name]?: Word };
}
