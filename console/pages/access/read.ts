import {
  accessAsked,
  accessOf,
  answerPage,
  type AccessNames,
  incompleteBefore,
  unlookedAt,
} from '../../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../../core/ids.ts';
import type { PastAccess, UnwatchedTime } from '../../../core/past-access.ts';
import type { QuestionRefusal } from '../../../core/question-refusals.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import type { AuditQuery, RequestFacts } from '../../../ledger/index.ts';
import {
  entitlementAsked,
  personAsked,
  personNotVisible,
  unknownEntitlement,
} from '../../../requests/access-questions.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { AccessRow } from './tracks.ts';
import type { Reader } from '../../reader.ts';
import type { AccessQuestion } from './question.ts';

const ROWS_OF_A_PAGE = 30;
/** More accesses than this are counted in the picture, and not drawn. */
const MOST_BARS = 50;
/** At so many moments, from the beginning to the end of the picture. */
const COUNTS = 61;

/** What the page of access shows. */
export type AccessAnswer = Readonly<{
  about: AccessNames;
  /** What somebody had at the moment. `next` is where the following page begins. */
  rows: readonly AccessRow[];
  next?: string;
  /** The list as SQL, for a login of an auditor. */
  sql: string;
  /** What somebody had in the time of the picture, or how many accesses there were at each of some moments when it is too much to be drawn. */
  picture: Readonly<
    | { kind: 'bars'; rows: readonly AccessRow[] }
    | { kind: 'counts'; moments: readonly Instant[]; counts: readonly number[] }
  >;
  /** Requests that were made before this time are gone, and so is their access. */
  incompleteBefore?: Instant;
  unlooked?: UnwatchedTime;
}>;

/** Why a question about access is not answered. `auditors-only`: it is about everybody. */
export type AccessRefusal = QuestionRefusal | Readonly<{ code: 'auditors-only' }>;

/** The answer for a reader, or why they may not have it. Everybody's access is for auditors. */
export async function readAccess(
  deps: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
  question: AccessQuestion,
): Promise<Result<AccessAnswer, AccessRefusal>> {
  const about = await accessSubject(deps, sight, question);
  if (!about.ok) return about;
  if (about.value.entitlement === undefined && about.value.person === undefined && !sight.isAuditor)
    return no({ code: 'auditors-only' });
  const { ledger, policy } = deps;
  const { at, from, to, knownAt, list: listed, after } = question;
  const whole = await accessAsked(policy, about.value, { from, to, knownAt });
  const list =
    listed === 'time' ? whole : await accessAsked(policy, about.value, { from: at, to: at, knownAt });
  const [page, picture] = await Promise.all([
    answerPage(ledger, list, { most: ROWS_OF_A_PAGE, after }),
    answerPage(ledger, whole, { most: MOST_BARS }),
  ]);
  const isDrawn = picture.next === undefined;
  const shown = isDrawn ? [...page.rows, ...picture.rows] : page.rows;
  const [facts, counted, purged, unlooked] = await Promise.all([
    factsOf(ledger, shown.map(accessOf), knownAt),
    isDrawn ? undefined : countedPicture(ledger, whole, question),
    incompleteBefore(ledger, from),
    unlookedAt(ledger, about.value, from),
  ]);
  return ok({
    ...{ about: about.value, sql: ledger.auditSql(list) },
    rows: page.rows.map(accessOf).map(facts),
    ...(page.next === undefined ? {} : { next: page.next }),
    picture: counted ?? { kind: 'bars', rows: picture.rows.map(accessOf).map(facts) },
    ...(purged === undefined ? {} : { incompleteBefore: purged }),
    ...(unlooked === undefined ? {} : { unlooked }),
  });
}

async function countedPicture(
  { countAccess }: Pick<ConsoleDeps['ledger'], 'countAccess'>,
  whole: AuditQuery,
  { from, to }: AccessQuestion,
): Promise<AccessAnswer['picture']> {
  const moments = Array.from(
    { length: COUNTS },
    (_, each) => Math.round(from + ((to - from) * each) / (COUNTS - 1)) as Instant,
  );
  return { kind: 'counts', moments, counts: await countAccess(whole, moments) };
}

/** What is shown beside each access. With `knownAt` only what had been recorded then. */
async function factsOf(
  { requestFacts }: Pick<ConsoleDeps['ledger'], 'requestFacts'>,
  rows: readonly PastAccess[],
  knownAt: Instant = Infinity as Instant,
): Promise<(row: PastAccess) => AccessRow> {
  const ids = [...new Set(rows.flatMap(({ request }) => request ?? []))];
  const found = new Map((await requestFacts(ids)).map((facts) => [facts.id, knownThen(facts, knownAt)]));
  return (row) => {
    const facts = row.request && found.get(row.request);
    return facts ? { ...row, facts } : row;
  };
}

/** What had been recorded of a request at a moment. */
export function knownThen(facts: RequestFacts, knownAt: Instant): RequestFacts {
  const isKnown = (at: Instant): boolean => at <= knownAt;
  const isEnded = facts.endingAt !== null && isKnown(facts.endingAt);
  return {
    ...facts,
    extendedAt: facts.extendedAt.filter(isKnown),
    ends: facts.ends.filter(({ at }) => isKnown(at)),
    refusedAt: facts.refusedAt.filter(isKnown),
    ending: isEnded ? facts.ending : null,
    endingAt: isEnded ? facts.endingAt : null,
    endingBy: isEnded ? facts.endingBy : null,
  };
}

type Deps = Pick<ConsoleDeps, 'ledger' | 'policy'>;
type NamesInQuestion = Pick<AccessQuestion, 'entitlement' | 'person'>;

/** What a question is about, by its ids, when the reader may know it. Both are in the policy files, or somebody had access. */
export async function accessSubject(
  deps: Deps,
  sight: Reader['sight'],
  { entitlement, person }: NamesInQuestion,
): Promise<Result<AccessNames, QuestionRefusal>> {
  const who = person === undefined ? ok(undefined) : await personOf(deps, sight, person);
  if (!who.ok) return who;
  const what = entitlement === undefined ? ok(undefined) : await entitlementOf(deps, sight, entitlement);
  if (what.ok) return ok({ entitlement: what.value, person: who.value });
  // Who may see what a person holds may ask whether that is this entitlement.
  const named = await deps.policy.entitlementNamed(entitlement ?? '');
  return who.value !== undefined && named ? ok({ entitlement: named.id, person: who.value }) : what;
}

async function personOf(
  deps: Deps,
  sight: Reader['sight'],
  typed: string,
): Promise<Result<PersonId, QuestionRefusal>> {
  const asked = await personAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id, isListed } = asked.value;
  const isKnown = isListed || (await hadAccess(deps, 'person', id));
  return isKnown ? ok(id) : no(await personNotVisible(deps, sight, typed));
}

async function entitlementOf(
  deps: Deps,
  sight: Reader['sight'],
  typed: string,
): Promise<Result<string, QuestionRefusal>> {
  const asked = await entitlementAsked(deps, sight, typed);
  if (!asked.ok) return asked;
  const { id, isListed } = asked.value;
  const isKnown = isListed || (await hadAccess(deps, 'entitlement', id));
  return isKnown ? ok(id) : no(await unknownEntitlement(deps, typed));
}

/** True when the ledger has access of this person or to this entitlement, whenever that was. */
const hadAccess = async (
  { ledger }: Deps,
  column: 'person' | 'entitlement',
  value: string,
): Promise<boolean> =>
  (await answerPage(ledger, { view: 'access', where: [{ kind: 'is', column, value }] }, { most: 1 })).rows
    .length > 0;
