import type { Instant, PersonId, RequestId } from './ids.ts';

/** One access, of the past or of now, as far as it is known. `person` is missing for access that Curfew did not grant. */
export type PastAccess = Readonly<{
  /** The lease, or the finding. */
  id: string;
  person?: PersonId;
  account: string;
  entitlement?: string;
  provider: string;
  /** As the catalogue names it. */
  target: string;
  level: string;
  /** When a read from the provider showed it first. */
  since: Instant;
  /** When a read from the provider showed that it is gone. Missing while it is held. */
  until?: Instant;
  /** The approved end, with extensions. */
  plannedEnd?: Instant;
  basis: 'granted' | 'adopted' | 'finding';
  request?: RequestId;
}>;

/** When Curfew first looked for access that it did not grant. `until-now`: it has not looked yet. */
export type UnwatchedTime = Instant | 'until-now';
