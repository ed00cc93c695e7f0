import { EVENTS } from '../../core/request/events.ts';

/** Where an entry is in the log. `leafHash`: in hex, of its leaf in the Merkle tree (RFC 6962). */
export type EntryPlace = Readonly<{ log: string; index: number; leafHash: string }>;

/** What earlier entries of the same request say. `leases` is by the id of the lease. */
export type AccessFacts = Readonly<{
  requester?: string;
  entitlement?: string;
  leases: ReadonlyMap<string, LeaseFacts>;
}>;

/** `account`: at the provider. `level`: what the lease gives. `isGranted`: a read showed the access. */
export type LeaseFacts = Readonly<{
  provider?: string;
  account?: string;
  level?: string;
  isGranted?: boolean;
}>;

/**
 * An entry of the log, as a SIEM may see it: ids, codes, times and numbers. It has no text that a person, a policy or a vendor wrote,
 * and no hash of one. `at` and `endsAt` are milliseconds since 1970 UTC.
 */
export type Activity = EntryPlace &
  Omit<LeaseFacts, 'isGranted'> &
  Readonly<{
    /** The id of the entry within its type: `<request>/<seq>` for an event. */
    entry: string;
    type: string;
    /** The kind of the event, or the type of another entry. */
    kind: string;
    means: string;
    at: number;
    /** True when the provider shows other access since. The receipt of a lease that was never granted changes nothing. */
    changesAccess: boolean;
    outcome: 'success' | 'failure';
    /** Who did it. Undefined when Curfew did. */
    by?: string;
    via?: string;
    request?: string;
    lease?: string;
    requester?: string;
    entitlement?: string;
    minutes?: number;
    endsAt?: number;
    /** What was tried and refused. */
    tried?: string;
    /** The code of a refusal, of an ending, of a drift, or of a decision. Of a reading or a visit: `page` or `export`. */
    code?: string;
    fault?: string;
    /** What a mass ending ends: its kind, and whose or which. */
    scope?: string;
  }>;

/** The types of entries that are no events, and what each means. */
export const OTHER_TYPES: Readonly<Record<string, string>> = {
  'finding-decision': 'A person decided about access that Curfew did not give.',
  'mass-ending': 'A person ended everything of a scope.',
  'mass-ending-lift': 'A person lifted a lock of a mass ending.',
  'mass-ending-cut-off': 'Curfew cut off sessions that a mass ending ended.',
  'log-beginning': 'An administrator began a log of another name.',
  'log-keys': 'Other keys sign the log from now on.',
  quarantine: 'The ledger went into quarantine: it was restored or changed, so nothing is granted.',
  'quarantine-end': 'A person has seen what the ledger lost, and ended the quarantine.',
  erasure: 'An administrator erased what a person wrote, and their names.',
  purge: 'An administrator removed old requests from the ledger.',
  reading: 'A person looked in the console at what is not their own, or took a copy of it.',
  visit: 'A person looked in the console at what is not their own, within 15 minutes.',
  copy: 'Somebody ordered a copy of the log with answers.',
  review: 'A person opened a review of access.',
  'review-decision': 'A person certified an access in a review, or objected to it.',
};

/** Events after which a provider shows other access than before. */
const CHANGES_ACCESS: ReadonlySet<string> = new Set([
  ...['granted', 'revoked', 'undone', 'lease-extended', 'repaired', 'drifted'],
]);

/** Longer values are no ids, and are not sent. */
const LONGEST_ID = 256;

/**
 * The activity that an entry records. `entry` is the JSON of the entry, with its body in full. An entry of a type or a kind that is
 * not known here is an activity too, so that the stream has no gap.
 */
export function activityOf(entry: unknown, place: EntryPlace, facts: AccessFacts): Activity {
  const { id, type, at, via, body } = recordIn(entry);
  const isEvent = type === 'event';
  const content = recordIn(body);
  const kind = (isEvent ? idIn(content['kind']) : idIn(type)) ?? 'unknown';
  const lease = idIn(content['lease']);
  const named = leaseIn(facts, lease);
  const [first, second] = String(id).split('/');
  const ending = recordIn(content['ending']);
  const details = recordIn(content['details']);
  const isFailed =
    kind === 'refused' ||
    idIn(content['refusal']) !== undefined ||
    ending['kind'] === 'failed' ||
    ending['kind'] === 'grant-failed';
  return {
    ...place,
    entry: String(id),
    type: String(type),
    kind,
    means: meaningOf(isEvent, kind),
    at: Date.parse(String(at)),
    changesAccess: CHANGES_ACCESS.has(kind) && (kind !== 'revoked' || named.isGranted === true),
    outcome: isFailed ? 'failure' : 'success',
    ...given({
      by:
        idIn(content['by']) ??
        idIn(ending['by']) ??
        idIn(details['requester']) ??
        (type === 'mass-ending-lift' ? second : undefined),
      via: idIn(via) ?? idIn(content['via']),
      request: isEvent ? first : undefined,
      lease,
      requester: facts.requester,
      entitlement: facts.entitlement,
      provider: idIn(content['provider']) ?? named.provider,
      account: named.account,
      level: named.level,
      minutes: numberIn(details['minutes']) ?? numberIn(recordIn(content['extension'])['minutes']),
      endsAt: numberIn(content['endsAt']) ?? numberIn(recordIn(content['extension'])['endsAt']),
      tried: idIn(content['tried']),
      code:
        idIn(ending['kind']) ??
        idIn(content['refusal']) ??
        idIn(recordIn(content['refusal'])['code']) ??
        idIn(content['change']) ??
        (isEvent ? undefined : (idIn(content['kind']) ?? kindOfReadings(content['readings']))),
      fault: idIn(ending['fault']),
      scope: scopeOf(content['scope']),
    }),
  };
}

function leaseIn({ leases }: AccessFacts, lease: string | undefined): LeaseFacts {
  return (lease === undefined ? undefined : leases.get(lease)) ?? {};
}

const meaningOf = (isEvent: boolean, kind: string): string =>
  (isEvent ? (EVENTS as Readonly<Record<string, string>>)[kind] : OTHER_TYPES[kind]) ??
  'Something was recorded.';

/** A visit in which somebody took a copy is an export. */
const kindOfReadings = (readings: unknown): string | undefined => {
  if (!Array.isArray(readings)) return undefined;
  return readings.some((each) => recordIn(each)['kind'] === 'export') ? 'export' : 'page';
};

function scopeOf(scope: unknown): string | undefined {
  const { kind, person, entitlement, provider } = recordIn(scope);
  return [kind, person, entitlement, provider].flatMap((each) => idIn(each) ?? []).join(' ') || undefined;
}

/** The object, or an empty one for anything else. */
export const recordIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** The value when it is an id or a code. A salted hash of a text is an object, and so is none. */
export const idIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_ID ? value : undefined;

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;

/** The fields that have a value. */
export const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
