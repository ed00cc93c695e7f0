import type { Instant } from '../../core/ids.ts';
import type { World, WorldEvent, WorldFinding, WorldRequest, WorldSubmission } from './world.fixture.ts';

/** Answers the questions by going through every event of every history, one by one. It shares no code with the views. */

/** One access, from when until when it was held. `until` is missing while it is held. */
export type Held = Readonly<{
  id: string;
  basis: string;
  person: string | null;
  entitlement: string | null;
  provider: string;
  target: string;
  account: string;
  since: Instant;
  until?: Instant;
  plannedEnd?: Instant;
}>;

type Known = Readonly<{ knownAt?: Instant | undefined }>;

/** Everything that was ever held, as far as it was recorded at `knownAt`. */
export const everythingHeld = (
  world: World,
  { knownAt = Infinity as Instant }: Known = {},
): readonly Held[] => [
  ...world.requests.flatMap((request) => heldIn(request, knownAt)),
  ...world.findings.flatMap((finding) => heldOf(finding, knownAt)),
];

function heldIn(
  { events, leases, targets, requester, entitlement }: WorldRequest,
  knownAt: Instant,
): readonly Held[] {
  return leases.flatMap((id, place) => {
    let [since, revoked, planned]: (number | undefined)[] = [];
    let undone: number[] = [];
    for (const event of events) {
      if (event.at > knownAt) continue;
      if (['grant-started', 'extended', 'end-adopted'].includes(event.kind))
        planned = Math.max(planned ?? 0, event['endsAt'] as number);
      if (event['lease'] !== id) continue;
      if (event.kind === 'granted') since ??= event.at;
      if (event.kind === 'revoked') revoked ??= event.at;
      if (event.kind === 'undone') undone.push(event['undoneAt'] as number);
      if (event.kind === 'repaired' && revoked === undefined) undone = []; // It has its access again.
    }
    const target = targets[place];
    if (since === undefined || !target) return [];
    const ends = [...undone, ...(revoked === undefined ? [] : [revoked])];
    return {
      ...{ id, basis: 'granted', person: requester, entitlement, since: since as Instant },
      ...{ provider: target.provider, target: target.lockKey, account: target.account },
      ...(ends.length === 0 ? {} : { until: Math.max(since, Math.min(...ends)) as Instant }),
      ...(planned === undefined ? {} : { plannedEnd: planned as Instant }),
    };
  });
}

function heldOf(finding: WorldFinding, knownAt: Instant): readonly Held[] {
  const { id, kind, state, provider, target, account, firstSeen: since, closedAt } = finding;
  if (kind !== 'access' || since > knownAt) return [];
  const isOver = (state === 'revoked' || state === 'gone') && closedAt !== null && closedAt <= knownAt;
  return [
    {
      ...{ id, basis: state === 'adopted' ? 'adopted' : 'finding', person: null, entitlement: null },
      ...{ provider, target, account, since, ...(isOver ? { until: closedAt } : {}) },
    },
  ];
}

/** True when the access was held at some moment of the time, both ends included. */
export const isDuring = ({ since, until }: Held, from: Instant, to: Instant): boolean =>
  since <= to && (until === undefined || until >= from);

/** Who had access to an entitlement: by a lease, or otherwise at a target that one of its leases gave. */
export function whoHad(
  world: World,
  entitlement: string,
  { from, to, knownAt }: Known & Readonly<{ from: Instant; to: Instant }>,
) {
  const given = everythingHeld(world).filter((each) => each.entitlement === entitlement);
  return everythingHeld(world, { knownAt }).filter(
    (each) =>
      isDuring(each, from, to) &&
      (each.entitlement === entitlement ||
        (each.person === null &&
          given.some(({ provider, target }) => provider === each.provider && target === each.target))),
  );
}

/** What a person held: by a lease, or otherwise with an account with which they ever had a lease. */
export function whatHeld(
  world: World,
  person: string,
  { from, to, knownAt }: Known & Readonly<{ from: Instant; to: Instant }>,
) {
  const own = everythingHeld(world).filter((each) => each.person === person);
  return everythingHeld(world, { knownAt }).filter(
    (each) =>
      isDuring(each, from, to) &&
      (each.person === person ||
        (each.person === null &&
          own.some(({ provider, account }) => provider === each.provider && account === each.account))),
  );
}

export type Approved = Readonly<{ id: string; by: string; requester: string; seconds: number; at: Instant }>;

export const approvals = ({ requests }: World): readonly Approved[] =>
  requests.flatMap(({ id, requester, events }) =>
    events.flatMap((event, seq) => {
      const asked = { approved: 'judged', 'extension-approved': 'extension-requested' }[event.kind];
      if (asked === undefined) return [];
      const since = events.slice(0, seq).findLast(({ kind }) => kind === asked)?.at ?? Number.NaN;
      return {
        id: `${id}/${seq}`,
        by: String(event['by']),
        requester,
        at: event.at,
        seconds: Math.max(event.at - since, 0) / 1000,
      };
    }),
  );

/** Each pair once, with how often the first approved of the second, and the other way round. */
export function pairs(world: World): readonly string[] {
  const given = approvals(world);
  const count = (by: string, of: string): number =>
    given.filter((each) => each.by === by && each.requester === of).length;
  const people = [...new Set(given.map(({ by }) => by))].sort();
  return people.flatMap((a) =>
    people.flatMap((b) =>
      a < b && count(a, b) > 0 && count(b, a) > 0 ? [`${a} ${b} ${count(a, b)} ${count(b, a)}`] : [],
    ),
  );
}

/** The access that was held for more than `seconds` after its end, or is, at `now`. */
export const overstays = (world: World, seconds: number, now: Instant): readonly string[] =>
  everythingHeld(world).flatMap(({ id, plannedEnd, until }) =>
    plannedEnd !== undefined && ((until ?? now) - plannedEnd) / 1000 > seconds ? [id] : [],
  );

/** The ids of the events for which `wanted` is true. */
export const eventsOf = ({ requests }: World, wanted: (event: WorldEvent) => boolean): readonly string[] =>
  requests.flatMap(({ id, events }) =>
    events.flatMap((event, seq) => (wanted(event) ? [`${id}/${seq}`] : [])),
  );

/** Every attempt that was refused, also before a request was opened. */
export const refusals = (world: World): readonly string[] => [
  ...eventsOf(world, ({ kind }) => kind === 'refused'),
  ...world.submissions.map(({ id }) => `${id}/0`),
];

export const isDrift = (event: WorldEvent): boolean =>
  ['drifted', 'repaired'].includes(event.kind) || 'drift' in event;

type OracleSubmission = Readonly<{
  policy: string;
  at: Instant;
  id: string;
  requester: string;
  entitlement: string;
  isRequest: boolean;
}>;

const judged = ({ requests }: World): readonly OracleSubmission[] =>
  requests.flatMap(({ id, requester, entitlement, events }) =>
    events.flatMap((event) => {
      if (event.kind !== 'judged' && event.kind !== 'extension-requested') return [];
      const { policy } = event['requirements'] as { policy: string };
      return { policy, at: event.at, id, requester, entitlement, isRequest: event.kind === 'judged' };
    }),
  );

/** Each policy with how often it was used, and when first. */
export function policies(world: World): readonly string[] {
  const all = judged(world);
  return [...new Set(all.map(({ policy }) => policy))].map((policy) => {
    const used = all.filter((each) => each.policy === policy);
    return `${policy} ${used.length} ${new Date(Math.min(...used.map(({ at }) => at))).toISOString()}`;
  });
}

/** For each person and entitlement, the first policy that allowed it. */
export function gains(world: World): readonly string[] {
  const first = new Map<string, OracleSubmission>();
  for (const each of judged(world)) {
    if (!each.isRequest) continue;
    const key = `${each.requester} ${each.entitlement}`;
    const before = first.get(key);
    if (!before || each.at < before.at || (each.at === before.at && each.id < before.id))
      first.set(key, each);
  }
  return [...first].map(([key, { policy, at }]) => `${key} ${policy} ${new Date(at).toISOString()}`);
}

/** A request as the list has it. A time is RFC 3339. */
export type Listed = Readonly<{
  id: string;
  at: string;
  person: string | null;
  entitlement: string;
  minutes: number | null;
  providers: readonly string[];
  classes: readonly string[];
  state: string;
  ending: string | null;
  approvers: readonly string[];
  approvedBy: readonly string[];
  refusals: number;
  endsAt: string | null;
  closedAt: string | null;
}>;

/** The list of all requests, the newest first. */
export const listed = ({ requests, submissions }: World): readonly Listed[] =>
  [...requests.map(listedRequest), ...submissions.map(listedSubmission)].sort((a, b) =>
    a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1,
  );

const isoOf = (at: number): string => new Date(at).toISOString();
const namesOf = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const NEXT: Readonly<Record<string, string>> = {
  'grant-started': 'granting',
  activated: 'active',
  'revoke-started': 'revoking',
  closed: 'closed',
};

function listedRequest({ id, requester, entitlement, targets, events }: WorldRequest): Listed {
  let [state, ending]: [string, string | null] = ['pending', null];
  let [endsAt, closedAt]: (string | null)[] = [null, null];
  const approvers: string[] = [];
  const approvedBy: string[] = [];
  for (const event of events) {
    state = NEXT[event.kind] ?? state;
    if (['grant-started', 'extended', 'end-adopted'].includes(event.kind))
      endsAt = isoOf(event['endsAt'] as number);
    if (event.kind === 'revoke-started' || event.kind === 'closed')
      ending = (event['ending'] as { kind: string }).kind;
    if (event.kind === 'closed') closedAt = isoOf(event.at);
    if (event.kind === 'judged' || event.kind === 'extension-requested')
      for (const stage of (event['requirements'] as { stages: { approvers: { person: string }[] }[] }).stages)
        approvers.push(...stage.approvers.map(({ person }) => person));
    if (event.kind === 'approved' || event.kind === 'extension-approved')
      approvedBy.push(String(event['by']));
  }
  return {
    ...{ id, at: isoOf(events[0]?.at ?? Number.NaN), person: requester, entitlement, minutes: 60 },
    ...{ state, ending, endsAt: endsAt ?? null, closedAt: closedAt ?? null },
    providers: namesOf(targets.map(({ provider }) => provider)),
    classes: namesOf(targets.map(({ enforcement }) => enforcement)),
    approvers: namesOf(approvers),
    approvedBy: [...new Set(approvedBy)],
    refusals: events.filter(({ kind }) => kind === 'refused').length,
  };
}

const listedSubmission = ({ id, by, entitlement, at }: WorldSubmission): Listed => ({
  ...{ id, at: isoOf(at), person: by, entitlement, minutes: null, state: 'refused', ending: null },
  ...{ providers: [], classes: [], approvers: [], approvedBy: [], refusals: 1, endsAt: null, closedAt: null },
});
