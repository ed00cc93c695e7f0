import { answerPage } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import type { QuestionRefusal } from '../../../core/question-refusals.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { LeaseUse } from '../../../ledger/index.ts';
import { readStory, type Story } from '../../../requests/story.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';

/** How an approval was given: with which account, and how many seconds after it could be. */
export type GivenApproval = Readonly<{ seq: number; account: string | null; seconds: number | null }>;

/** A request with its evidence. */
export type RequestAnswer = Readonly<{
  story: Story;
  approvals: readonly GivenApproval[];
  /** The index in the log of each event by its number; an event that is missing here is not in the log yet. */
  indices: ReadonlyMap<number, number>;
  /** How many entries the newest published checkpoint covers. */
  published: number;
  uses: readonly LeaseUse[];
  now: Instant;
}>;

const MOST = 100;

/** The request, when the reader may see it. */
export async function readRequest(
  deps: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight }: Pick<Reader, 'sight'>,
  id: string,
): Promise<Result<RequestAnswer, QuestionRefusal>> {
  const story = await readStory(deps, sight, id);
  if (!story.ok) return story;
  const { ledger } = deps;
  const { request } = story.value;
  const [given, entries, newest, uses, now] = await Promise.all([
    answerPage(
      ledger,
      { view: 'approval', where: [{ kind: 'is', column: 'request_id', value: request }] },
      { most: MOST },
    ),
    ledger.entriesOfRequest(request),
    ledger.newestCheckpoint(),
    ledger.leaseUses({ request, limit: MOST }),
    ledger.now(),
  ]);
  return ok({
    story: story.value,
    approvals: given.rows.map(({ id: event, account, seconds }) => ({
      seq: seqOf(String(event)),
      account: account as string | null,
      seconds: seconds as number | null,
    })),
    indices: new Map(
      entries.flatMap(({ id: event, index }) => (index === null ? [] : [[seqOf(event), index]])),
    ),
    published: newest?.size ?? 0,
    uses,
    now,
  });
}

/** The number of an event is the end of its id. */
const seqOf = (event: string): number => Number(event.slice(event.lastIndexOf('/') + 1));

/** A request belongs to its requester, and one that was refused when it was submitted to whoever submitted it. */
export const isOwnRequest = (
  { story: { view, trail } }: RequestAnswer,
  { person }: Pick<Reader, 'person'>,
): boolean =>
  view === undefined
    ? trail.every(({ event }) => 'by' in event && event.by === person)
    : view.state.details.requester === person;
