import type { PersonId } from '../ids.ts';
import type { EventKind } from '../request/events.ts';

/** The people who gave one approval together: that of a request, that of an extension, or the adoption of standing access. */
export type ApprovedBy = readonly PersonId[];

/** The kinds of events that say who approved a request and its extensions. */
export const APPROVAL_EVENTS = [
  'approved',
  'extension-requested',
  'extension-approved',
  'extension-started',
] as const satisfies readonly EventKind[];

export type ApprovalEvent = Readonly<{ kind: (typeof APPROVAL_EVENTS)[number]; by: PersonId | null }>;

/**
 * Every approval that access rests on: that of its request, and that of each extension whose last approval was given. An extension that
 * failed counts too, because a provider may have carried it out. `events` are in the order of the trail.
 */
export function approvalsOf(events: readonly ApprovalEvent[]): readonly ApprovedBy[] {
  let open: { people: PersonId[]; isGiven: boolean } = { people: [], isGiven: true };
  const approvals = [open];
  for (const { kind, by } of events) {
    if (kind === 'extension-requested') approvals.push((open = { people: [], isGiven: false }));
    else if (kind === 'extension-started') open.isGiven = true;
    else if (by !== null) open.people.push(by);
  }
  return approvals.filter(({ isGiven }) => isGiven).map(({ people }) => people);
}

/** Everybody who gave one of these approvals alone. */
export const approvedAlone = (approvals: readonly ApprovedBy[]): ReadonlySet<PersonId> =>
  new Set(
    approvals.flatMap((people) => {
      const [only, ...others] = new Set(people);
      return only !== undefined && others.length === 0 ? [only] : [];
    }),
  );
