import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, massEndingIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import type { FindingId } from '../../core/findings/finding.ts';
import type { Command } from '../../core/request/commands.ts';
import { reviewIdOf } from '../../core/reviews/review.ts';
import { ALTERED, ERASED, textHash } from '../../ledger/salted-text.ts';
import { ana, answer, ask, bo, deny, denyExtension, dee, extend } from '../core/request/request.fixture.ts';
import { grantedIn, openedIn, stepOf } from './ledger.fixture.ts';
import { ledger, rows } from './own-ledger.fixture.ts';

/** Its first line can be moved into the salt, and the hash stays the same. */
const TEXT = 'incident\n4312';
const PAST = { from: 0 as Instant, to: 8e12 as Instant };
type Kind = 'reason' | 'denial' | 'extension' | 'question' | 'answer';

const opened = () => openedIn(ledger, { reason: { salt: 's', body: TEXT } });

/** A step with a text under a salt that the test knows. */
const said = async (request: RequestId, kind: Kind, body: string, command: Parameters<typeof stepOf>[2]) => {
  const { outcome } = await ledger.record({
    ...stepOf(request, `click/${kind}`, command),
    freeText: { kind, salt: 's', body },
  });
  expect(outcome).toMatchObject({ ok: true });
  return request;
};

/** A request whose extension was requested with this reason. */
const extended = async (body: string) =>
  said(await grantedIn(ledger), 'extension', body, (at, state) => {
    if (state.kind !== 'active') throw new Error('the request is not active');
    const command = extend(at, { from: state.endsAt }) as Extract<Command, { kind: 'extend' }>;
    const extension = { ...command.extension, reasonHash: textHash('s', body) };
    return { ...command, extension };
  });

/** Each kind of text, with a request that has it, and where its hash stands in the event. */
const TEXTS: readonly (readonly [what: string, kind: Kind, path: string, write: () => Promise<RequestId>])[] =
  [
    ['the reason of a request', 'reason', '{details,reasonHash}', opened],
    [
      'the reason of a denial',
      'denial',
      '{writtenHash}',
      async () => said(await opened(), 'denial', TEXT, (at) => deny(bo, at)),
    ],
    ['the reason of an extension', 'extension', '{extension,reasonHash}', () => extended(TEXT)],
    [
      'the reason of the denial of an extension',
      'denial',
      '{writtenHash}',
      async () => said(await extended('more'), 'denial', TEXT, (at) => denyExtension(bo, at)),
    ],
    [
      'a question',
      'question',
      '{writtenHash}',
      async () => said(await opened(), 'question', TEXT, (at) => ask(bo, at)),
    ],
    [
      'an answer',
      'answer',
      '{writtenHash}',
      async () => {
        const request = await said(await opened(), 'question', 'why?', (at) => ask(bo, at));
        return said(request, 'answer', TEXT, (at) => answer(ana, at));
      },
    ],
  ];

const shown = async (request: RequestId, kind: Kind) => (await ledger.readFreeText(request))[kind];
/** Writes another text over the one that is stored. */
const alter = async (request: RequestId, kind: Kind, set: string) => {
  for (const table of ['free_text', 'event_free_text'])
    await rows(`update ${table} set ${set} where request_id = $1 and kind = $2`, [request, kind]);
};

describe.each(TEXTS)('%s', (_what, kind, path, write) => {
  test('has its salted hash in its event, and the state has nothing of that', async () => {
    const request = await write();
    const found = await rows<{ hash: string }>(
      `select body #>> $2 as hash from event where request_id = $1 and body #>> $2 is not null order by seq desc limit 1`,
      [request, path],
    );
    expect(found).toEqual([{ hash: textHash('s', TEXT) }]);
    expect(JSON.stringify(await ledger.readTrail(request))).not.toContain('writtenHash');
    expect(await shown(request, kind)).toBe(TEXT);
  });

  test.each([
    ['another text', `body = 'incident 4313'`],
    ['another salt', `salt = 'other'`],
    ['a text whose beginning was moved into the salt', `salt = E's\\nincident', body = '4312'`],
  ])('is shown as altered with %s', async (_change, set) => {
    const request = await write();
    await alter(request, kind, set);
    expect(await shown(request, kind)).toBe(ALTERED);
  });

  test('is not shown when it was erased', async () => {
    const request = await write();
    for (const table of ['free_text', 'event_free_text'])
      await rows(`delete from ${table} where request_id = $1`, [request]);
    expect(await shown(request, kind)).toBeUndefined();
  });
});

describe('a text of an event without such a hash, as an earlier version wrote it,', () => {
  test.each(TEXTS.filter(([, , path]) => path === '{writtenHash}'))(
    'is shown as it is: %s',
    async (_what, kind, _path, write) => {
      const request = await write();
      await rows(
        `begin; set local session_replication_role = replica; update event set body = body - 'writtenHash'; commit`,
      );
      expect(await shown(request, kind)).toBe(TEXT);
    },
  );
});

describe('the list of requests', () => {
  const listed = async (request: RequestId) => {
    const found = await ledger.listWithDecisions({ limit: 1 });
    expect(found.map(({ id }) => id)).toEqual([request]);
    return found.map(({ reason, denial }) => [reason, denial])[0];
  };

  test('shows the reason and the denial, altered ones as such, and no erased ones', async () => {
    const request = await said(await opened(), 'denial', 'not today', (at) => deny(bo, at));
    expect(await listed(request)).toEqual([TEXT, 'not today']);
    await alter(request, 'denial', `body = 'fine'`);
    expect(await listed(request)).toEqual([TEXT, ALTERED]);
    await alter(request, 'reason', `body = 'fine'`);
    expect(await listed(request)).toEqual([ALTERED, ALTERED]);
    await rows('delete from free_text where request_id = $1', [request]);
    expect(await listed(request)).toEqual([null, null]);
  });

  test('has the reason of the denial of an extension nowhere', async () => {
    const request = await said(await extended('more'), 'denial', 'no', (at) => denyExtension(bo, at));
    expect(await listed(request)).toEqual(['incident 4312', null]);
  });
});

describe('a question and its answer are compared one by one', () => {
  test('and only the altered one is shown as such', async () => {
    const request = await said(await opened(), 'question', 'why?', (at) => ask(bo, at));
    await said(request, 'answer', 'because', (at) => answer(ana, at));
    await alter(request, 'question', `body = 'why not?'`);
    expect((await ledger.readQuestions(request)).map(({ body }) => body)).toEqual([ALTERED, 'because']);
  });
});

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
