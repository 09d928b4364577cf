import { type Dataset, datasets, timeDimensions } from "./datasets.ts";
import { MOST_ROWS } from "./order-rows.ts";

/** What `settings` says about a dataset (reference §11.2). Durations are seconds. */
interface DatasetSettings {
  readonly enabled: boolean;
  readonly notOlderThan: number;
  readonly maxDuration: number;
  readonly maxPageSize: number;
  readonly maxNumberOfFields: number;
  readonly availableFields: readonly string[];
}

/** Nothing is refused for its age: what is no longer kept is simply not there. Ten years stand for that. */
const TEN_YEARS_S = 3650 * 86_400;

/** The `settings` of an account, by dataset. */
export function datasetSettings(): Readonly<Record<string, DatasetSettings>> {
  const ofRequests = Object.entries<Dataset>(datasets).map(([name, dataset]) => [name, settingsOf(fieldsOf(dataset))]);
  const sizeFields = ["max_rows", "dimensions_gateway", "dimensions_logManagement", "dimensions_datetimeMinute"];
  return { ...Object.fromEntries(ofRequests), aiGatewaySizeAdaptiveGroups: settingsOf(sizeFields) };
}

function fieldsOf({ dimensions, measures }: Dataset): string[] {
  const figures = Object.entries(measures).flatMap(([outer, inner]) =>
    Object.keys(inner).map((name) => (name === "" ? outer : `${outer}_${name}`)),
  );
  const names = [...Object.keys(dimensions), ...Object.keys(timeDimensions)];
  return [...figures, ...names.map((name) => `dimensions_${name}`)];
}

function settingsOf(availableFields: readonly string[]): DatasetSettings {
  return {
    enabled: true,
    notOlderThan: TEN_YEARS_S,
    maxDuration: TEN_YEARS_S,
    maxPageSize: MOST_ROWS,
    maxNumberOfFields: availableFields.length,
    availableFields,
  };
}
