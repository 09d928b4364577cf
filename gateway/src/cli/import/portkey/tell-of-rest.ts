import { foreignField } from "../../../providers/foreign-field.ts";
import { byHand, type ImportDraft, nothingToDo, notMapped } from "../import-draft.ts";
import { itemsOf, membersOf, type SourceValue } from "../import-source.ts";
import { plainName } from "./portkey-field.ts";

type Tell = (draft: ImportDraft, field: SourceValue) => void;

const afterAnyFailure: Tell = (draft, field) => notMapped(draft, field, "the next step follows on any status but 2xx");
const screening: Tell = (draft, field) =>
  notMapped(draft, field, "guardrails are not part of headgate.yaml in this version");
const describes: Tell = (draft, field) => nothingToDo(draft, field, "describes the config");

/** What is told of a field of a config or a target, if nothing else was told of it. */
const tells: Readonly<Record<string, Tell>> = {
  override_params: (draft, field) => byHand(draft, field, "clients send these in the body; the request below has them"),
  on_status_codes: afterAnyFailure,
  request_timeout: (draft, field) => byHand(draft, field, "part of the step's `config` in the request below"),
  forward_headers: (draft, field) => nothingToDo(draft, field, "clients' headers are passed on anyway"),
  input_guardrails: screening,
  output_guardrails: screening,
  before_request_hooks: screening,
  after_request_hooks: screening,
  guardrails: screening,
  name: describes,
  id: describes,
  slug: describes,
  description: describes,
  metadata: (draft, field) => byHand(draft, field, "clients send it as `cf-aig-metadata`"),
  strict_open_ai_compliance: (draft, field) => nothingToDo(draft, field, "answers pass as the provider gives them"),
};

const retryTells: Readonly<Record<string, Tell>> = {
  attempts: (draft, field) =>
    byHand(draft, field, "part of the step's `config` in the request below; the first try counts there"),
  on_status_codes: (draft, field) =>
    notMapped(draft, field, "statuses that another try may mend are fixed: 408, 409, 425, 429 and from 500 on"),
  use_retry_after_headers: (draft, field) => nothingToDo(draft, field, "Retry-After is respected anyway"),
};

/** Tells of every field of a config and its targets of which nothing was told yet. */
export function tellOfRest(draft: ImportDraft, node: SourceValue, isRoot: boolean): void {
  const told = new Set(draft.findings.map(({ path }) => path.join("\n")));
  const isTold = ({ path }: SourceValue): boolean => told.has(path.join("\n"));
  for (const [key, field] of membersOf(node)) {
    const name = plainName(key);
    if (isTold(field)) continue;
    if (name === "targets") for (const target of itemsOf(field)) tellOfRest(draft, target, false);
    else if (name === "strategy" || name === "retry" || name === "cache") {
      for (const [inner, part] of membersOf(field))
        if (!isTold(part)) tellOfPart(draft, { section: name, name: plainName(inner), part, isRoot });
    } else if (field.value === null) nothingToDo(draft, field, "not set there");
    else if (Object.hasOwn(tells, name)) (tells[name] as Tell)(draft, field);
    else if (foreignField(name) !== null) byHand(draft, field, foreignField(name)?.text as string);
  }
}

interface Part {
  readonly section: "strategy" | "retry" | "cache";
  readonly name: string;
  readonly part: SourceValue;
  readonly isRoot: boolean;
}

function tellOfPart(draft: ImportDraft, { section, name, part, isRoot }: Part): void {
  if (section === "retry" && Object.hasOwn(retryTells, name)) (retryTells[name] as Tell)(draft, part);
  else if (section === "strategy" && name === "on_status_codes") afterAnyFailure(draft, part);
  else if (section === "strategy" && name === "mode") nothingToDo(draft, part, "without targets it decides nothing");
  else if (section === "cache") {
    notMapped(
      draft,
      part,
      isRoot ? "caching of this kind is not part of headgate.yaml" : "caching is set for a whole gateway",
    );
  }
}
