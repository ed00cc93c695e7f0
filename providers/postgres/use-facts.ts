import type { Instant } from '../../core/ids.ts';
import type { CoveredTime, PartUse, Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import type { SeenSessions } from './use-sessions.ts';
import type { SeenStatements } from './use-statements.ts';

export const STATEMENTS = 'pg_stat_statements';
const SESSIONS = 'pg_stat_activity';

/** What one server shows of the role. `mayWrite`: the entitlement's role may change a table. */
export type ServerReading = Readonly<{
  statements: SeenStatements;
  sessions: SeenSessions;
  standbys: number;
  mayWrite: boolean;
}>;

/**
 * What is remembered from one reading to the next. A role that is dropped has no name any more, and its numbers are kept under its oid. `discarded`: how many times
 * the servers had discarded entries, and `since` when they discarded none. `sessions`: how many were seen open at once.
 */
export type EarlierReading = Readonly<{ oid: string; discarded: number; since: number; sessions: number }>;

/** What the primary and its replicas show. A server that did not answer is undefined. */
export type SeenOnAll = Readonly<{
  oid: string;
  seen: readonly (ServerReading | undefined)[];
  before: EarlierReading | undefined;
}>;

type Counted = Extract<SeenStatements, { kind: 'counted' }>;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** The use that these numbers show. */
export function useOf(query: Pick<UseQuery<unknown>, 'grantedAt' | 'endedAt' | 'now'>, all: SeenOnAll): Use {
  const answered = all.seen.flatMap((each) => each ?? []);
  const counted = answered.flatMap(({ statements }) => (statements.kind === 'counted' ? [statements] : []));
  const remembered = rememberedAfter(query, all, { answered, counted });
  const mark = JSON.stringify(remembered);
  const why = whyNotAll(all, query.grantedAt);
  const covers = { from: remembered.since as Instant, until: query.endedAt ?? query.now };
  const whole = why === undefined ? { covers } : {};
  const statements = sum(counted.map(({ calls }) => calls));
  const { sessions } = remembered;
  if (statements + sessions === 0 && why !== undefined)
    return { kind: 'unknown', source: counted.length > 0 ? STATEMENTS : SESSIONS, why, mark };
  const bySessions = statements === 0 && sessions > 0;
  return {
    ...{ kind: 'known', mark, ...whole, ...timesOf(answered, counted) },
    ...(bySessions
      ? { source: SESSIONS, amount: sessions, unit: 'sessions' }
      : { source: STATEMENTS, amount: statements, unit: 'statements' }),
    parts:
      counted.length > 0 && answered.some(({ mayWrite }) => mayWrite) ? [writing(counted, whole.covers)] : [],
  };
}

/** As long as no entry was discarded, and from then on in which none was discarded any more, the numbers are whole. */
function rememberedAfter(
  { grantedAt, now }: Pick<UseQuery<unknown>, 'grantedAt' | 'now'>,
  { oid, before }: SeenOnAll,
  { answered, counted }: Readonly<{ answered: readonly ServerReading[]; counted: readonly Counted[] }>,
): EarlierReading {
  const discarded = sum(counted.map((each) => each.discarded));
  const open = sum(answered.map(({ sessions }) => sessions.open));
  const sameAsBefore = before?.discarded === discarded ? before.since : now;
  return {
    oid,
    discarded,
    since: discarded === 0 ? grantedAt : sameAsBefore,
    sessions: Math.max(open, before?.sessions ?? 0),
  };
}

/** Why the servers may not show everything that the role did. Undefined when they show it. */
function whyNotAll({ seen }: SeenOnAll, grantedAt: Instant): string | undefined {
  const answered = seen.flatMap((each) => each ?? []);
  if (answered.length < seen.length) return 'a read replica did not answer';
  if (sum(answered.map(({ standbys }) => standbys)) > seen.length - 1)
    return 'the server has standbys that CURFEW_POSTGRES_REPLICAS does not name';
  return answered
    .map(({ statements }) => whyNotCounted(statements, grantedAt))
    .find((why) => why !== undefined);
}

function whyNotCounted(statements: SeenStatements, grantedAt: Instant): string | undefined {
  if (statements.kind === 'hidden') return statements.why;
  const { resetAt, isTracked, isAmongOthers } = statements;
  if (!isTracked) return 'pg_stat_statements does not track all statements of every login';
  if (isAmongOthers)
    return "before Postgres 16, statements after SET ROLE count for the entitlement's role, which has some";
  if (resetAt === undefined || resetAt >= grantedAt)
    return 'the statistics of the server were reset after the grant';
  return undefined;
}

function timesOf(
  answered: readonly ServerReading[],
  counted: readonly Counted[],
): Pick<Use & { kind: 'known' }, 'first' | 'last'> {
  const sessions = answered.map((each) => each.sessions);
  const firsts = [...counted, ...sessions].flatMap(({ first }) => first ?? []);
  const lasts = sessions.flatMap(({ last }) => last ?? []);
  return {
    ...(firsts.length > 0 && { first: Math.min(...firsts) as Instant }),
    ...(lasts.length > 0 && { last: Math.max(...lasts) as Instant }),
  };
}

/** Without a record in the write-ahead log and without a changed page, nothing was written. A read can cause both, so they prove nothing. */
function writing(counted: readonly Counted[], covers: CoveredTime | undefined): PartUse {
  const isUnchanged = counted.every(({ written }) => written === 0);
  return { part: 'writing', use: isUnchanged && covers ? 'not-used' : 'unknown' };
}
