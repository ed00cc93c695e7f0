import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, massEndingIdOf, type PersonId } from '../../../core/ids.ts';
import type { FindingId } from '../../../core/findings/finding.ts';
import { reviewIdOf } from '../../../core/reviews/review.ts';
import { ALTERED, ERASED } from '../../../ledger/salted-text.ts';
import { ana, bo, dee } from '../../core/request/request.fixture.ts';
import { grantedIn } from '../ledger.fixture.ts';
import { ledger, rows } from '../own-ledger.fixture.ts';

const PAST = { from: 0 as Instant, to: 8e12 as Instant };

/** The hash of a text in its entry of the log. */
const hashIn = async (type: string, id: string, field: string) =>
  (
    await rows<{ hash: string | null }>(
      `select body -> $3 ->> 'hash' as hash from log_row where type = $1 and id = $2`,
      [type, id, field],
    )
  )[0]?.hash;

/** Each other text that a person wrote, or that a provider said: how it is written, where its hash is, and how it is read. */
type OtherText = Readonly<{
  write(): Promise<readonly [type: string, id: string, field: string, read: () => Promise<unknown>]>;
  table: string;
  column: string;
  erased: unknown;
  /** The statement after which the entry is one of an earlier version. Without one, every version wrote the hash. */
  before?: string;
}>;

const OTHERS: Readonly<Record<string, OtherText>> = {
  'why somebody adopted access': {
    async write() {
      const name = uuidv7();
      await ledger.recordFindings([
        {
          ...{ kind: 'access', provider: 'fake', targetKey: 't', targetName: 't', target: {}, what: 't' },
          ...{ subject: { id: name, name }, level: 'write', onLadder: true, sources: [] },
        },
      ]);
      const [found] = await rows<{ id: FindingId }>('select id from finding where subject_id = $1', [name]);
      if (!found) throw new Error('there is no finding');
      const click = clickIdOf(uuidv7());
      await ledger.decideFinding({
        ...{ click, finding: found.id, kind: 'adopt', by: bo, via: 'cli', seen: 's', reason: 'on call' },
        judge: () => Promise.resolve(undefined),
      });
      return ['finding-decision', click, 'reason', () => ledger.adoptReason(found.id)];
    },
    ...{ table: 'finding_reason', column: 'body', erased: undefined },
    before: 'update finding_decision set reason_hash = null',
  },
  'why somebody ended many': {
    async write() {
      const id = massEndingIdOf(clickIdOf(uuidv7()));
      await ledger.writeMassEnding({ id, scope: { kind: 'everything' }, by: dee, reason: 'on call' });
      return ['mass-ending', id, 'reason', async () => (await ledger.readMassEnding(id))?.reason];
    },
    ...{ table: 'mass_ending_reason', column: 'body', erased: ERASED },
    before: 'update mass_ending set reason_hash = null',
  },
  'the title of a review': {
    async write() {
      const id = reviewIdOf(clickIdOf(uuidv7()));
      await grantedIn(ledger);
      await ledger.openReview({
        ...{ id, by: dee, title: 'on call', scope: {}, ...PAST, due: PAST.to, accounts: [] },
      });
      return ['review', id, 'title', async () => (await ledger.readReview(id))?.title];
    },
    ...{ table: 'review_text', column: 'title', erased: ERASED },
  },
  'why somebody objected in a review': {
    async write() {
      const review = reviewIdOf(clickIdOf(uuidv7()));
      await grantedIn(ledger);
      await ledger.openReview({
        ...{ id: review, by: dee, title: 't', scope: {}, ...PAST, due: PAST.to, accounts: [] },
      });
      const [line] = await ledger.reviewLines(review);
      const click = clickIdOf(uuidv7());
      await ledger.decideLine({
        ...{ click, review, line: line?.id ?? '', kind: 'object', by: 'gil' as PersonId, via: 'cli' },
        ...{ reason: 'on call', judge: () => Promise.resolve(undefined) },
      });
      const read = async () => (await ledger.objectionReasons(review)).get(click);
      return ['review-decision', click, 'reason', read];
    },
    ...{ table: 'review_reason', column: 'body', erased: undefined },
  },
  'what a provider said when it cut off': {
    async write() {
      const id = massEndingIdOf(clickIdOf(uuidv7()));
      await ledger.writeMassEnding({ id, scope: { kind: 'everything' }, by: dee, reason: 'x' });
      const step = { provider: 'fake', toUndo: [], done: [], again: [] };
      await ledger.writeCutOff(id, { ...step, seen: 'on call' });
      const [row] = await rows<{ id: string }>(
        'select id::text from mass_ending_cut_off where mass_ending_id = $1',
        [id],
      );
      const read = async () => (await ledger.readCutOffs(id))[0]?.seen;
      return ['mass-ending-cut-off', `${id}/${row?.id}`, 'text', read];
    },
    ...{ table: 'mass_ending_cut_off_text', column: 'seen', erased: ERASED },
  },
};

const asOfBefore = (statement: string) =>
  rows(`begin; set local session_replication_role = replica; ${statement}; commit`);

describe.each(Object.entries(OTHERS))('%s', (_what, { write, table, column, erased, before }) => {
  test('has its salted hash in the log, and is shown as altered or erased when it is', async () => {
    const [type, id, field, read] = await write();
    expect(await hashIn(type, id, field)).toMatch(/^[0-9a-f]{64}$/);
    expect(await read()).toBe('on call');
    await rows(`update ${table} set ${column} = 'no reason'`);
    expect(await read()).toBe(ALTERED);
    await rows(`delete from ${table}`);
    expect(await read()).toBe(erased);
  });

  if (before !== undefined)
    test('is shown as it is when it is of before such hashes', async () => {
      const [type, id, field, read] = await write();
      await asOfBefore(before);
      expect(await hashIn(type, id, field)).toBeNull();
      await rows(`update ${table} set salt = null`);
      expect(await read()).toBe('on call');
    });
});

test('of three steps of a cut-off, only the altered one is shown as such, and something may be left to undo', async () => {
  const id = massEndingIdOf(clickIdOf(uuidv7()));
  const scope = { kind: 'person', person: ana } as const;
  await ledger.writeMassEnding({ id, scope, by: dee, reason: 'x' });
  for (const [provider, toUndo] of [
    ['one', ['a', 'b']],
    ['two', ['c']],
    ['one', []],
  ] as const)
    await ledger.writeCutOff(id, { provider, seen: 'cut', toUndo, done: [], again: [] });
  await rows(`update mass_ending_cut_off_text set to_undo = '{}' where to_undo = '{c}'`);
  expect(await ledger.readCutOffs(id)).toEqual([
    { provider: 'one', seen: 'cut', toUndo: ['a', 'b'] },
    { provider: 'two', seen: ALTERED, toUndo: [ALTERED] },
  ]);
  expect(await ledger.cutOffsInForce(ana)).toEqual([
    { provider: 'one', toUndo: ['a', 'b'] },
    { provider: 'two', toUndo: [ALTERED] },
  ]);
});
