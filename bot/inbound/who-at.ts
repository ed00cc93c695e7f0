import {
  accessAsked,
  accessOf,
  answerPage,
  type AccessNames,
  incompleteBefore,
  unlookedAt,
} from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { parseMoment } from '../../core/moment.ts';
import type { QuestionRefusal } from '../../core/question-refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { PastAccess, UnwatchedTime } from '../../core/past-access.ts';
import type { AuditQuery } from '../../ledger/index.ts';
import type { Sight } from '../../policy/index.ts';
import {
  type NamedSubject,
  entitlementAsked,
  personAsked,
  personNotVisible,
  unknownEntitlement,
} from '../../requests/access-questions.ts';
import type { BotDeps } from '../deps.ts';

/** A question about the past: `has` is true for what a person had, and false for who had an entitlement. */
export type PastQuestion = Readonly<{ has: boolean; about: string; moment: string }>;

/** Who had something at a moment, or what a person had. `isWhole` is false when there is more. */
export type PastAnswer = Readonly<{
  subject: NamedSubject<string>;
  at: Instant;
  rows: readonly PastAccess[];
  isWhole: boolean;
  /** The answer is not whole, because it is about a time before this one. Undefined when it is. */
  incompleteBefore?: Instant;
  /** Since when Curfew looks for what it did not grant, when that is after the moment. */
  unlooked?: UnwatchedTime;
}>;

/** Parses `orders-db at yesterday 14:00`; undefined for a question about now. */
export function pastQuestion(typed: string): PastQuestion | undefined {
  const [, has, about, moment] = /^(has\s+)?([^]*?)\s+at\s+([^]+)$/i.exec(typed) ?? [];
  if (about === undefined || moment === undefined) return undefined;
  return { has: has !== undefined, about, moment };
}

/** The answer, for a reader who may see who has the same now. The moment is in their time zone. */
export async function readPast(
  deps: BotDeps,
  sight: Sight,
  { has, about, moment }: PastQuestion,
  { most, timeZone }: Readonly<{ most: number; timeZone: string }>,
): Promise<Result<PastAnswer, QuestionRefusal>> {
  const asked = has ? await personAsked(deps, sight, about) : await entitlementAsked(deps, sight, about);
  if (!asked.ok) return asked;
  const read = parseMoment(moment, { now: await deps.ledger.now(), timeZone });
  if (!read.ok) return no({ code: 'moment-unreadable', why: read.error });
  const at = read.value;
  const subject = aboutOf({ has, id: asked.value.id });
  const query = await accessAsked(deps.policy, subject, { from: at, to: at });
  const { rows, next } = await answerPage(deps.ledger, query, { most });
  if (rows.length === 0 && !asked.value.isListed)
    return no(has ? await personNotVisible(deps, sight, about) : await unknownEntitlement(deps, about));
  const purged = await incompleteBefore(deps.ledger);
  const unlooked = await unlookedAt(deps.ledger, subject, at);
  return ok({
    ...{ subject: asked.value, at, rows: rows.map(accessOf), isWhole: next === undefined },
    ...(purged !== undefined && at < purged ? { incompleteBefore: purged } : {}),
    ...(unlooked && { unlooked }),
  });
}

/** A person or an entitlement, by their id. `has`: what the person had. */
type Subject = Readonly<{ has: boolean; id: string }>;

const aboutOf = ({ has, id }: Subject): AccessNames =>
  has ? { person: id as PersonId } : { entitlement: id };

/** More than a message has room for, to say how many there are. */
const MOST_READ = 500;

/** Access now that Curfew did not grant: to an entitlement's targets, or that of a person. */
export async function readOtherAccess(
  deps: BotDeps,
  subject: Subject,
): Promise<Readonly<{ rows: readonly PastAccess[]; unlooked?: UnwatchedTime }>> {
  const at = await deps.ledger.now();
  const query = await accessAsked(deps.policy, aboutOf(subject), { from: at, to: at });
  const others: AuditQuery = { ...query, where: [...query.where, { kind: 'not-granted' }] };
  const { rows } = await answerPage(deps.ledger, others, { most: MOST_READ });
  const unlooked = await unlookedAt(deps.ledger, aboutOf(subject), at);
  return { rows: rows.map(accessOf), ...(unlooked && { unlooked }) };
}
