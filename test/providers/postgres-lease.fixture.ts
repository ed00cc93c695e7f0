import type { Instant, LeaseId } from '../../core/ids.ts';
import { type Answer, dbThatAnswers } from './postgres-db.fixture.ts';

export const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
export const intent = {
  lease: 'lease_1' as LeaseId,
  subject: { id: 'id of Ana', name: "Ana O'Neil" },
  target: { database: 'orders', role: 'orders_read', mode: 'login-role' },
  level: 'present',
  endsAt,
  secret: 'pass',
} as const;
export const commentFor = (lease: string) => JSON.stringify({ curfew: 1, lease, database: 'x' });

/** The lease's role as it is after the grant. */
export const written = {
  oid: '42',
  name: 'curfew_lease_1',
  login: true,
  validUntil: String(endsAt),
  connectionLimit: 5,
  attributes: [] as readonly string[],
  comment: commentFor('lease_1'),
  memberOf: [{ oid: '7', name: 'orders_read' }] as readonly Readonly<{ oid: string; name: string }>[],
};
export type Row = typeof written | undefined;

/** The answers to the statements that begin with these words. */
export type Answers = Readonly<Record<string, Answer>>;

/** The role of the reaper, which can end every lease. */
const reaper = { version: 180_000, exists: true, canLogin: true, changesRoles: true, isGranter: false };

/** A server of version 18 that shows these states of the lease's role, one for each read. */
export function serverThatShows(states: readonly Row[], answers: Answers = {}) {
  const reads = [...states];
  return dbThatAnswers((sql) => {
    const answer = Object.entries(answers).find(([start]) => sql.trimStart().startsWith(start));
    if (answer) return answer[1];
    if (sql.includes('pg_shdescription')) return [reads.shift()].filter((row) => row !== undefined);
    if (sql.includes('as dangerous')) return [{ oid: '7', dangerous: null }];
    if (sql.includes('"isGranter"')) return [reaper];
    if (sql.includes('server_version_num')) return sql.includes('usesysid') ? [] : [{ v: 180_000 }];
    if (sql.includes('pg_current_xact_id')) return [{ database: 'orders_live', transaction: '99' }];
    if (sql.includes('count(*)')) return [{ left: 0, standbys: 0 }];
    if (sql.startsWith('select oid::text from pg_roles')) return [{ oid: '7' }];
    if (sql.startsWith('select distinct g.rolname')) return [{ name: 'orders_read' }];
    if (sql.startsWith('select pg_terminate_backend(pid')) return [{}, {}, {}];
    return [];
  });
}
