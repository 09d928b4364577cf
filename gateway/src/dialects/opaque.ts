import type { Dialect } from "./dialect.ts";
import { planUsage } from "./read-usage.ts";

/** An answer the gateway passes on without reading it: every byte is content, and whatever ends it ends it well. */
export const opaque: Dialect = {
  id: "opaque",
  usage: planUsage({ at: [], merge: "last", counts: {} }),
  modelPaths: [],
  watch: [],
  finishRequiredIn: [],
  terminator: null,
  classifyEvent: () => "content",
  errorIn: () => null,
  errorObject: () => null,
  errorFields: () => ({}),
  streamErrorEvent: () => null,
};
