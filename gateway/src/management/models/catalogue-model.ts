/** A model that can be asked for by its name. */
export interface CatalogueModel {
  /** As the REST address takes it: `author/model`, or `@cf/…`. */
  readonly name: string;
  /** Who made it, as far as its name tells. */
  readonly author: string;
  /** USD for a million tokens; null when it is not known, or not charged by tokens. */
  readonly inputPerMillion: number | null;
  readonly outputPerMillion: number | null;
}
