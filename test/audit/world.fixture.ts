import {
  clickIdOf,
  clickIdOfRequest,
  type Instant,
  type LeaseId,
  leaseIdOf,
  massEndingIdOf,
  type RequestId,
  requestIdOf,
} from '../../core/ids.ts';
import { storedEvent } from '../../ledger/request/event-texts.ts';

/** A world of histories that a seed chooses, as the tables have it. The oracle reads it and no database. */
export type World = {
  readonly requests: WorldRequest[];
  readonly findings: WorldFinding[];
  readonly endings: WorldEnding[];
  readonly submissions: WorldSubmission[];
};

export type WorldTarget = Readonly<{
  provider: string;
  account: string;
  lockKey: string;
  level: string;
  enforcement: string;
}>;
export type WorldEvent = Readonly<{ kind: string; at: Instant } & Record<string, unknown>>;
export type WorldRequest = Readonly<{
  id: RequestId;
  requester: string;
  entitlement: string;
  targets: readonly WorldTarget[];
  leases: readonly LeaseId[];
  events: WorldEvent[];
}>;
export type WorldFinding = Readonly<{
  id: string;
  kind: 'access' | 'mark';
  provider: string;
  target: string;
  account: string;
  state: 'open' | 'adopted' | 'revoked' | 'gone';
  firstSeen: Instant;
  closedAt: Instant | null;
  decisions: readonly Readonly<{
    id: string;
    by: string;
    kind: string;
    at: Instant;
    refused: string | null;
  }>[];
}>;
/** What was refused before a request was opened. */
export type WorldSubmission = Readonly<{
  id: RequestId;
  by: string | null;
  entitlement: string;
  at: Instant;
}>;
export type WorldEnding = Readonly<{ id: string; by: string; person: string; at: Instant }>;

export const PEOPLE = ['ana', 'bo', 'cy', 'dee'];
export const BASE = Date.parse('2026-11-01T08:00:00.000Z') as Instant;
const MINUTE = 60_000;

/** What each entitlement gives. Two of them share a target. */
const TARGETS: Readonly<Record<string, readonly (readonly [provider: string, target: string])[]>> = {
  'orders-db': [['fake', 'sales']],
  both: [
    ['fake', 'sales'],
    ['github', 'team:lantern/oncall'],
  ],
  cellar: [['fake', 'cellar']],
};
export const ENTITLEMENTS = Object.keys(TARGETS);
export const accountOf = (person: string): string => `${person}-account`;

/** Numbers that a seed chooses (mulberry32). */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    upTo: (most: number): number => Math.floor(next() * most),
    isLikely: (share: number): boolean => next() < share,
    one: <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T,
  };
}
type Chance = ReturnType<typeof chance>;

/** Ids in the order in which they are made, as uuidv7 makes them. The seed chooses them, because statements choose rows by the hash of an id. */
function idsOf(seed: number): () => string {
  const random = chance(seed);
  const digits = (count: number): string =>
    Array.from({ length: count }, () => random.upTo(16).toString(16)).join('');
  let made = 0;
  return () => {
    const order = (BASE + made++).toString(16).padStart(12, '0');
    return `${order.slice(0, 8)}-${order.slice(8)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
  };
}
type Ids = ReturnType<typeof idsOf>;

/** A world with the certain lives, and with as many others as `size` says. */
export function worldOf(seed: number, size: number): World {
  const random = chance(seed);
  const ids = idsOf(seed + 4);
  return {
    requests: [
      ...CERTAIN_LIVES.map((life) => certainRequestOf(life, ids)),
      ...Array.from({ length: size }, () => requestOf(random, ids)),
    ],
    findings: withoutRepeated(Array.from({ length: Math.ceil(size / 4) }, () => findingOf(random, ids))),
    endings: Array.from({ length: 2 }, () => ({
      id: massEndingIdOf(clickIdOf(ids())),
      by: random.one(PEOPLE),
      person: random.one(PEOPLE),
      at: (BASE + random.upTo(600) * MINUTE) as Instant,
    })),
    submissions: Array.from({ length: Math.ceil(size / 6) }, () => ({
      id: requestIdOf(clickIdOf(ids())),
      by: random.one([...PEOPLE, null]),
      entitlement: random.one(ENTITLEMENTS),
      at: (BASE + random.upTo(600) * MINUTE) as Instant,
    })),
  };
}

type Subject = Readonly<{ requester: string; entitlement: string }>;
type CertainLife = Subject &
  Readonly<{
    approver: string;
    begins: number;
    state: 'pending' | 'granting' | 'active' | 'revoking' | 'closed';
  }>;

/**
 * The first lives of every world, whatever its seed: a request in each state. `begins` is in minutes after the beginning of the world. The access of the
 * first one is never revoked. The second one has every event that makes a question hard. The granting one is approved later than the period of the evidence.
 */
const CERTAIN_LIVES: readonly CertainLife[] = [
  { requester: 'ana', entitlement: 'both', approver: 'bo', begins: 100, state: 'active' },
  { requester: 'bo', entitlement: 'both', approver: 'ana', begins: 120, state: 'closed' },
  { requester: 'cy', entitlement: 'orders-db', approver: 'dee', begins: 140, state: 'revoking' },
  { requester: 'dee', entitlement: 'cellar', approver: 'cy', begins: 160, state: 'pending' },
  { requester: 'ana', entitlement: 'cellar', approver: 'cy', begins: 520, state: 'granting' },
];

function certainRequestOf(life: CertainLife, ids: Ids): WorldRequest {
  const request = newRequestOf(life, ids, () => ({ level: 'write', enforcement: 'A' }));
  request.events.push(...certainEventsOf(life, request));
  return request;
}

/** The events of a life until it is in its state. Each has its minutes after the beginning of the life. */
function certainEventsOf(
  { approver, begins, state }: CertainLife,
  request: WorldRequest,
): readonly WorldEvent[] {
  const { requester, leases } = request;
  const at = (minutes: number): Instant => (BASE + (begins + minutes) * MINUTE) as Instant;
  const requirements = {
    stages: [{ approvers: [{ person: approver, because: 'owns it' }], needs: 1 }],
    ...{ policy: 'p1', lapsesAt: at(480) },
  };
  const extension = { minutes: 30, endsAt: at(90), reasonHash: 'h', digest: 'x' };
  const drift = { change: 'raised', expected: 'read', found: 'admin' };
  const ending = { kind: 'ended', by: requester };
  type Step = readonly [minutes: number, kind: string, body?: Record<string, unknown>];
  const ofEachLease = (minutes: number, kind: string, body: Record<string, unknown>): readonly Step[] =>
    leases.map((lease) => [minutes, kind, { lease, ...body }]);

  const opened: readonly Step[] = [
    [0, 'requested', { details: detailsOf(request) }],
    [1, 'judged', { requirements }],
  ];
  const approved: readonly Step[] = [
    [1.1, 'approved', { by: approver, stage: 0, digest: 'd' }],
    [2, 'grant-started', { endsAt: at(60), leases }],
  ];
  const granted: readonly Step[] = [
    ...ofEachLease(3, 'intended', { prior: 'none', level: 'write', subject: `id-${requester}` }),
    ...ofEachLease(4, 'granted', { seen: 'as wanted' }),
    [5, 'activated'],
  ];
  const hard: readonly Step[] = [
    [6, 'extension-requested', { by: requester, extension, requirements }],
    [7, 'extension-approved', { by: approver, stage: 0, digest: 'x' }],
    [8, 'extension-started', { endsAt: at(90) }],
    ...ofEachLease(9, 'lease-extended', { endsAt: at(90), generation: 2, seen: 'later' }),
    [10, 'extended', { endsAt: at(90) }],
    [9, 'end-adopted', { by: approver, endsAt: at(135) }], // the clock was set back
    ...ofEachLease(11, 'drifted', drift),
    ...ofEachLease(12, 'undone', { undoneAt: at(11) }),
    ...ofEachLease(13, 'repaired', { generation: 2, seen: 'right again' }),
    [14, 'refused', { by: requester, tried: 'approve', refusal: { code: 'own-request' } }],
  ];
  const revoked: readonly Step[] = [
    [20, 'revoke-started', { ending }],
    ...ofEachLease(21, 'revoked', { seen: 'none' }),
  ];
  const closed: readonly Step[] = [[22, 'closed', { ending }]];

  const steps = {
    pending: opened,
    granting: [...opened, ...approved],
    active: [...opened, ...approved, ...granted],
    revoking: [...opened, ...approved, ...granted, ...revoked],
    closed: [...opened, ...approved, ...granted, ...hard, ...revoked, ...closed],
  };
  return steps[state].map(([minutes, kind, body]) => ({ kind, at: at(minutes), ...body }));
}

function requestOf(random: Chance, ids: Ids): WorldRequest {
  const subject = { requester: random.one(PEOPLE), entitlement: random.one(ENTITLEMENTS) };
  const request = newRequestOf(subject, ids, () => ({
    level: random.one(['read', 'write']),
    enforcement: random.one(['A', 'B', 'C']),
  }));
  live(request, random);
  return request;
}

/** A request without events. */
function newRequestOf(
  { requester, entitlement }: Subject,
  ids: Ids,
  isGivenAs: () => Pick<WorldTarget, 'level' | 'enforcement'>,
): WorldRequest {
  const id = requestIdOf(clickIdOf(ids()));
  const targets = (TARGETS[entitlement] ?? []).map(([provider, lockKey]) => ({
    ...{ provider, lockKey, account: accountOf(requester) },
    ...isGivenAs(),
  }));
  const leases = targets.map((_, place) => leaseIdOf(id, place));
  return { id, requester, entitlement, targets, leases, events: [] };
}

const detailsOf = ({ id, requester, entitlement, targets }: WorldRequest) => ({
  ...{ id, requester, entitlement, minutes: 60, reasonHash: 'h', digest: 'd' },
  targets: targets.map(({ provider }) => provider),
});

/** One life of a request: it may crash, be undone, be set right, be extended, and the clock may be set back. */
function live(request: WorldRequest, random: Chance): void {
  const { requester, targets, leases, events } = request;
  let now: number = BASE + random.upTo(600) * MINUTE;
  const add = (kind: string, body: Record<string, unknown> = {}): void => {
    now += random.isLikely(0.05) ? -random.upTo(90) * MINUTE : random.upTo(12) * MINUTE + random.upTo(60_000);
    events.push({ kind, at: now as Instant, ...body });
  };
  const maybe = (share: number, kind: string, body: () => Record<string, unknown>): void => {
    if (random.isLikely(share)) add(kind, body());
  };
  const lease = (): LeaseId => random.one(leases);
  const other = (): string => random.one(PEOPLE.filter((each) => each !== requester));
  const requirements = () => ({
    stages: [{ approvers: [{ person: other(), because: 'owns it' }], needs: 1 }],
    policy: random.one(['p1', 'p2', 'p3']),
    lapsesAt: now + 480 * MINUTE,
  });
  const drift = () => ({ change: 'raised', expected: 'read', found: random.one(['write', 'admin']) });
  const refuse = () => ({
    by: random.one([...PEOPLE, null]),
    tried: 'approve',
    refusal: { code: random.one(['own-request', 'changed']) },
  });

  add('requested', { details: detailsOf(request) });
  add('judged', { requirements: requirements() });
  maybe(0.2, 'refused', refuse);
  if (random.isLikely(0.15)) return add('closed', { ending: { kind: 'denied', by: other() } });
  if (random.isLikely(0.05)) return add('closed', { ending: { kind: 'lapsed' } });
  if (random.isLikely(0.05)) return;
  if (random.isLikely(0.3)) now += random.upTo(9000);
  else maybe(0.1, 'asked', () => ({ by: other() }));
  events.push({
    kind: 'approved',
    at: (now += random.isLikely(0.3) ? random.upTo(12_000) : random.upTo(60) * MINUTE) as Instant,
    by: other(),
    stage: 0,
    digest: 'd',
  });
  let endsAt = now + 60 * MINUTE;
  add('grant-started', { endsAt, leases });
  if (random.isLikely(0.05)) return;
  for (const [place, each] of leases.entries()) {
    add('intended', { lease: each, prior: 'none', level: targets[place]?.level, subject: `id-${requester}` });
    if (random.isLikely(0.9)) add('granted', { lease: each, seen: 'as wanted' });
  }
  maybe(0.95, 'activated', () => ({}));
  if (random.isLikely(0.4)) {
    add('extension-requested', {
      by: requester,
      extension: { minutes: 30, endsAt: endsAt + 30 * MINUTE, reasonHash: 'h', digest: 'x' },
      requirements: requirements(),
    });
    add('extension-approved', { by: other(), stage: 0, digest: 'x' });
    if (random.isLikely(0.7)) {
      endsAt += 30 * MINUTE;
      add('extension-started', { endsAt });
      for (const each of leases) add('lease-extended', { lease: each, endsAt, generation: 2, seen: 'later' });
      add('extended', { endsAt });
    }
  }
  maybe(0.1, 'end-adopted', () => ({ by: other(), endsAt: (endsAt += 45 * MINUTE) }));
  maybe(0.2, 'drifted', () => ({ lease: lease(), ...drift() }));
  maybe(0.2, 'undone', () => ({ lease: lease(), undoneAt: now - random.upTo(60) * MINUTE }));
  maybe(0.3, 'repaired', () => ({ lease: lease(), generation: 2, seen: 'right again' }));
  if (random.isLikely(0.1)) return;
  const ending = random.isLikely(0.6) ? { kind: 'expired' } : { kind: 'ended', by: requester };
  add('revoke-started', { ending });
  for (const each of leases)
    if (random.isLikely(0.9))
      add('revoked', { lease: each, seen: 'none', ...(random.isLikely(0.15) ? { drift: drift() } : {}) });
  maybe(0.15, 'undone', () => ({ lease: lease(), undoneAt: now - random.upTo(120) * MINUTE }));
  maybe(0.1, 'repaired', () => ({ lease: lease(), generation: 3, seen: 'none' }));
  if (random.isLikely(0.9)) add('closed', { ending });
}

function findingOf(random: Chance, ids: Ids): WorldFinding {
  const firstSeen = (BASE + random.upTo(900) * MINUTE) as Instant;
  const state = random.one(['open', 'adopted', 'revoked', 'gone'] as const);
  const [provider, target] = random.one(Object.values(TARGETS).flat());
  return {
    id: `find_${ids()}`,
    kind: random.isLikely(0.8) ? 'access' : 'mark',
    ...{ provider, target, state, firstSeen },
    account: random.isLikely(0.5) ? accountOf(random.one(PEOPLE)) : `stranger-${ids()}`,
    closedAt: state === 'open' ? null : ((firstSeen + random.upTo(200) * MINUTE) as Instant),
    decisions: random.isLikely(0.5)
      ? [
          {
            id: clickIdOf(ids()),
            by: random.one(PEOPLE),
            kind: random.one(['adopt', 'revoke']),
            at: (firstSeen + MINUTE) as Instant,
            refused: random.one([null, 'own-finding']),
          },
        ]
      : [],
  };
}

/** The table keeps one finding of an account at a target. */
const withoutRepeated = (findings: readonly WorldFinding[]): WorldFinding[] => [
  ...new Map(findings.map((each) => [`${each.provider} ${each.target} ${each.account}`, each])).values(),
];

/** The statements that store a world. The events of a request are stored a few at a time, as its steps do. */
export function* statementsOf(
  world: World,
  random: Chance,
): Generator<readonly [sql: string, values: readonly unknown[]]> {
  for (const { id, requester, entitlement, targets, leases, events } of world.requests) {
    yield [
      `insert into request (id, requester, entitlement, minutes, state, targets, shown, approvers, opened_at, lapses_at)
       values ($1, $2, $3, 60, 'pending', $4, $5, '{}', now(), now())`,
      [
        ...[id, requester, entitlement, JSON.stringify(targets)],
        JSON.stringify({ targets: targets.map(({ enforcement }) => ({ enforcement })) }),
      ],
    ];
    for (const [place, lease] of leases.entries()) {
      const { provider, lockKey, account } = targets[place] as WorldTarget;
      yield [
        `with opened as (insert into holding (provider, target_key, subject_id, subject_name, prior, closed_at)
                         values ($4, $5 || ':id', $6, $7, 'none', now()) returning id)
         insert into lease (id, request_id, position, provider, state, lock_key, ends_at, holding_id)
         select $1, $2, $3, $4, 'granted', 'x', now(), id from opened`,
        [lease, id, place, provider, lockKey, `id-${requester}`, account],
      ];
    }
    for (let seq = 0; seq < events.length;) {
      const part = events.slice(seq, seq + 1 + random.upTo(3));
      yield [
        `insert into event (request_id, seq, step, kind, body, via, at)
         select $1, (e ->> 'seq')::integer, e ->> 'step', e -> 'body' ->> 'kind', e -> 'body', 'workflow', (e ->> 'at')::timestamptz
           from jsonb_array_elements($2::jsonb) e`,
        [
          id,
          JSON.stringify(
            part.map((event, place) => ({
              seq: seq + place,
              step: `step-${seq + place}`,
              at: new Date(event.at).toISOString(),
              body: storedEvent(event as never).body,
            })),
          ),
        ],
      ];
      seq += part.length;
    }
  }
  for (const { id, by, entitlement, at } of world.submissions) {
    yield [
      `insert into click (id, kind, request_id, via, account, person, body) values ($1, 'request', $2, 'cli', 'x', $3, $4)`,
      [clickIdOfRequest(id), id, by, JSON.stringify({ entitlement, length: '1h' })],
    ];
    yield [
      `insert into event (request_id, seq, step, kind, body, via, at) values ($1, 0, 'open', 'refused', $2, 'cli', $3)`,
      [
        id,
        JSON.stringify({ kind: 'refused', by, tried: 'request', refusal: { code: 'not-allowed' } }),
        new Date(at),
      ],
    ];
  }
  for (const each of world.findings) {
    yield [
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources,
                            state, first_seen_at, last_seen_at, closed_at)
       values ($1, $2, $3, $4 || ':id', $4, '{}', 'x', $5, $6, 'write', true, '[]', $7, $8, $8, $9)`,
      [
        each.id,
        each.kind,
        each.provider,
        each.target,
        `id-${each.account.replace('-account', '')}`,
        each.account,
        each.state,
        new Date(each.firstSeen),
        each.closedAt === null ? null : new Date(each.closedAt),
      ],
    ];
    for (const { id, by, kind, at, refused } of each.decisions)
      yield [
        `insert into finding_decision (click_id, finding_id, kind, by, via, refusal, at) values ($1, $2, $3, $4, 'cli', $5, $6)`,
        [id, each.id, kind, by, refused === null ? null : JSON.stringify({ code: refused }), new Date(at)],
      ];
  }
  for (const { id, by, person, at } of world.endings)
    yield [
      `insert into mass_ending (id, scope, made_by, needs, made_at) values ($1, $2, $3, null, $4)`,
      [id, JSON.stringify({ kind: 'person', person }), by, new Date(at)],
    ];
}
