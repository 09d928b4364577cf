import { expect, test } from "bun:test";
import { catalogue } from "../../../../gateway/src/providers/catalogue.ts";
import { builtInProviders } from "./built-in-providers.ts";

test("the providers to choose from are those the gateway knows", () => {
  expect(builtInProviders).toEqual(catalogue.map(({ slug }) => slug));
});
