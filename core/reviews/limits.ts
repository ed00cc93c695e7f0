/** The limits of a review, with their reasons. */
export const REVIEW_LIMITS = {
  /** Code points of a title: it is a line of a list. */
  titleLength: 200,
  /** Lines of a review. People decide each of them, and nobody looks at more with care. */
  lines: 1000,
  /** Accesses in a population. All their ids are stored. More than that is better reviewed in parts. */
  population: 50_000,
  /** Reviews that are open at the same time. People look at each, and Curfew reminds them of each. */
  open: 100,
  /** Reviews of one auditor that are open at the same time, so that others can open some too. */
  openOfPerson: 20,
  /** Ids under one key of a scope. */
  scopeValues: 50,
  /** How many days a review may be open. */
  days: 366,
  /** Code points of the reason of an objection. */
  reasonLength: 1000,
} as const;
