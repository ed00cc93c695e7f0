import { describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../../core/ids.ts';
import type { Command } from '../../../core/request/commands.ts';
import { ALTERED, textHash } from '../../../ledger/salted-text.ts';
import { ana, answer, ask, bo, deny, denyExtension, extend } from '../../core/request/request.fixture.ts';
import { grantedIn, openedIn, stepOf } from '../ledger.fixture.ts';
import { ledger, rows } from '../own-ledger.fixture.ts';

/** Its first line can be moved into the salt, and the hash stays the same. */
const TEXT = 'incident\n4312';
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
