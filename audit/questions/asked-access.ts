import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import type { PastAccess, UnwatchedTime } from '../../core/past-access.ts';
import type { AuditQuery, AuditRow, Ledger, WatchedScope } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { type AccessTime, allAccess, heldUngranted, whatWasHeld, whoHadAccess } from './access.ts';

/** What a question about access is about: an entitlement, a person, both, or everything. */
export type AccessNames = Readonly<{ entitlement?: string | undefined; person?: PersonId | undefined }>;

/** The question, with the accounts that people.yaml has for the person. */
export async function accessAsked(
  { lastKnown }: Pick<Policy, 'lastKnown'>,
  { entitlement, person }: AccessNames,
  time: AccessTime,
): Promise<AuditQuery> {
  const queries = [
    ...(entitlement === undefined ? [] : [whoHadAccess({ kind: 'entitlement', id: entitlement }, time)]),
    ...(person === undefined ? [] : [whatWasHeld(person, await accountsOf({ lastKnown }, person), time)]),
  ];
  const everything = allAccess(time);
  return {
    ...everything,
    where: (queries.length === 0 ? [everything] : queries).flatMap(({ where }) => where),
    ...(everything.known
      ? { known: queries.reduce((known, query) => ({ ...known, ...query.known }), everything.known) }
      : {}),
  };
}

/** The question what a person has at a moment that Curfew did not grant. */
export const ungrantedQuery = async (
  { lastKnown }: Pick<Policy, 'lastKnown'>,
  person: PersonId,
  at: Instant,
): Promise<AuditQuery> =>
  heldUngranted(person, await accountsOf({ lastKnown }, person), { from: at, to: at });

async function accountsOf({ lastKnown }: Pick<Policy, 'lastKnown'>, person: PersonId) {
  const accounts = (await lastKnown())?.directory.people.get(person)?.accounts ?? {};
  return Object.entries(accounts).flatMap(([provider, names]) => names.map((name) => ({ provider, name })));
}

/** Undefined when Curfew had looked at everything that the question is about before that moment. */
export async function unlookedAt(
  { firstLook }: Pick<Ledger, 'firstLook'>,
  { entitlement }: AccessNames,
  at: Instant,
): Promise<UnwatchedTime | undefined> {
  const asked: WatchedScope =
    entitlement === undefined ? { kind: 'everything' } : { kind: 'entitlement', id: entitlement };
  const look = await firstLook(asked);
  if (look.kind !== 'since') return 'until-now';
  return look.at <= at ? undefined : look.at;
}

/** A row of the answer. */
export const accessOf = (row: AuditRow): PastAccess => ({
  id: String(row['id']),
  account: String(row['account_name']),
  provider: String(row['provider']),
  target: String(row['target_name']),
  level: String(row['level']),
  since: instantOf(row['since']),
  basis: row['basis'] as PastAccess['basis'],
  ...(row['person'] === null ? {} : { person: row['person'] as PersonId }),
  ...(row['entitlement'] === null ? {} : { entitlement: String(row['entitlement']) }),
  ...(row['until'] === null ? {} : { until: instantOf(row['until']) }),
  ...(row['planned_end'] === null ? {} : { plannedEnd: instantOf(row['planned_end']) }),
  ...(row['request_id'] === null ? {} : { request: row['request_id'] as RequestId }),
});

const instantOf = (value: AuditRow[string] | undefined): Instant => Date.parse(String(value)) as Instant;
