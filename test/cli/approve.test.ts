import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { approveCommand } from '../../cli/commands/approve.ts';
import { requestCommand } from '../../cli/commands/request.ts';
import type { RequestId } from '../../core/ids.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder, startWorkerOf } from './cli.fixture.ts';
import { HAS_PTY, onTerminal, plainText } from './pty.fixture.ts';

let folder: Folder;
let worker: ReturnType<typeof startWorkerOf>;
beforeAll(async () => {
  folder = await openFolder();
  worker = startWorkerOf(folder);
});
afterAll(async () => {
  await worker?.stop();
  await folder?.stop();
});

const approve = (...args: readonly string[]) => folder.run(approveCommand(), ...args);

/** Each request has a reason of its own, for the same request twice is refused while the first one is open. */
let requests = 0;
async function requested(entitlement = 'orders-db', length = '1h'): Promise<RequestId> {
  const why = `incident 4312 (${++requests})`;
  const { out } = await folder.run(requestCommand(), entitlement, length, why, '--as', 'ana');
  return /req_\w{26}/.exec(out)?.[0] as RequestId;
}
const trailOf = async (id: RequestId) => (await folder.ledger.readTrail(id)).map(({ event }) => event);
const stateOf = async (id: RequestId) => stateAfter(await trailOf(id)).kind;
const clicksOf = (id: RequestId) =>
  rowsOf<{ body: object }>(folder.url, `select body from click where request_id = $1 and kind = 'approve'`, [
    id,
  ]);
const digestIn = (text: string): string => /\b[0-9a-f]{64}\b/.exec(text)?.[0] ?? '';

describe('where nobody can answer, curfew approve', () => {
  test('shows what would be approved with its digest, approves nothing, and says how to go on', async () => {
    const id = await requested();
    const { code, out, err } = await approve(id, '--as', 'cy');
    expect(code).toBe(2);
    for (const words of [
      'Orders database, read only for Ana Ferreira (ana), 1 h',
      'incident 4312',
      '    - member of role orders_reader',
      'The login expires. Nobody can log in with it after the end',
      'You are an approver: cy owns Orders database, read only.',
      'Waiting for approval by cy or bo.',
      'If nobody decides, the request lapses ',
    ])
      expect(out).toContain(words);
    expect(err).toContain(`curfew approve ${id.slice(-8)} --digest ${digestIn(out)}\n`);
    expect([await stateOf(id), await clicksOf(id)]).toEqual(['pending', []]);
  });

  test('approves exactly what has the digest that was shown', async () => {
    const id = await requested();
    const digest = digestIn((await approve(id, '--as', 'cy')).out);
    expect(await approve(id, '--as', 'cy', '--digest', digest)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Approved: Orders database, read only for ana, 1 h\./),
    });
    expect(await clicksOf(id)).toEqual([{ body: { digest } }]);
    expect((await trailOf(id)).find(({ kind }) => kind === 'approved')).toMatchObject({ digest });
  });

  test('approves nothing when the request has another digest by then (I11)', async () => {
    const [id, other] = [await requested(), await requested('orders-db', '2h')];
    const digest = digestIn((await approve(other, '--as', 'cy')).out);
    expect(await approve(id, '--as', 'cy', '--digest', digest)).toMatchObject({
      code: 4,
      err: expect.stringContaining(
        'The request is not the one that was on your screen. Nothing was approved.',
      ),
    });
    expect(await stateOf(id)).toBe('pending');
  });

  test('a person who may not approve is refused at once, and can approve nothing without a digest', async () => {
    const id = await requested();
    expect(await approve(id, '--as', 'ana')).toMatchObject({ code: 4, out: '' });
    expect(await clicksOf(id)).toEqual([{ body: {} }]);
    expect((await trailOf(id)).at(-1)).toMatchObject({ kind: 'refused', by: 'ana' });
  });
});

describe('a restricted entitlement', () => {
  test('also needs its id, and nothing is approved without it', async () => {
    const id = await requested('aws-admins', '30m');
    const { out, err } = await approve(id, '--as', 'sam');
    const digest = digestIn(out);
    expect(err).toContain(`--digest ${digest} --confirm aws-admins`);
    expect(await approve(id, '--as', 'sam', '--digest', digest)).toMatchObject({
      code: 2,
      err: expect.stringContaining('This access is restricted. '),
    });
    expect(await approve(id, '--as', 'sam', '--digest', digest, '--confirm', 'orders-db')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing was approved. The request still waits.'),
    });
    expect([await stateOf(id), await clicksOf(id)]).toEqual(['pending', []]);
    expect(await approve(id, '--as', 'sam', '--digest', digest, '--confirm', 'aws-admins')).toMatchObject({
      code: 0,
    });
    expect(await stateOf(id)).toBe('granting');
  });

  test('is not the only one: access that can widen itself needs its id too', async () => {
    const id = await requested();
    await rowsOf(
      folder.url,
      `update request set shown = jsonb_set(shown, '{targets,0,widens}', 'true') where id = $1`,
      [id],
    );
    const digest = digestIn((await approve(id, '--as', 'cy')).out);
    expect(await approve(id, '--as', 'cy', '--digest', digest)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'With this access a person may give themselves more access, or access that remains afterwards: ',
      ),
    });
    expect(await stateOf(id)).toBe('pending');
  });
});

(HAS_PTY ? describe : describe.skip)('on a terminal, curfew approve', () => {
  const asks = /Approve exactly this\? \[y\/N\] /;
  const asksAgain = /To approve it, type its id \(aws-admins\): /;
  const run = (id: RequestId, replies: readonly [RegExp, string][], who = 'cy', columns = 80) =>
    onTerminal(
      ['approve', id, '--as', who],
      replies.map(([prompt, text]) => ({ prompt, text })),
      { home: folder.home, columns },
    );

  test('shows what would be approved, asks, and approves it after yes', async () => {
    const id = await requested();
    const { code, text } = await run(id, [[asks, 'y\n']]);
    const plain = plainText(text);
    expect([code, plain]).toEqual([
      0,
      expect.stringMatching(/ and it ends 1 h later\.[^]*\[y\/N\][^]*\nApproved: /),
    ]);
    expect(text).toContain('\u001b[1m');
    for (const line of plain.split('\n'))
      expect(line.length > 80 && !/Digest|Approved|^ {2,4}\S/.test(line)).toBe(false);
    expect(await clicksOf(id)).toEqual([{ body: { digest: digestIn(plain) } }]);
    expect(await stateOf(id)).toBe('granting');
  });

  test.each<[string, string]>([
    ['no', 'n\n'],
    ['another word', 'approve\n'],
    ['nothing', '\n'],
    ['an end of the input', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('approves nothing after %s', async (_what, typed) => {
    const id = await requested();
    const { code, text } = await run(id, [[asks, typed]]);
    expect([code, plainText(text)]).toEqual([1, expect.stringContaining('Nothing was approved.')]);
    expect([await stateOf(id), await clicksOf(id)]).toEqual(['pending', []]);
  });

  test('asks twice for a restricted entitlement, and both answers count', async () => {
    const id = await requested('aws-admins', '30m');
    const half = await run(
      id,
      [
        [asks, 'y\n'],
        [asksAgain, 'yes\n'],
      ],
      'sam',
    );
    expect([half.code, await stateOf(id)]).toEqual([1, 'pending']);
    const { code } = await run(
      id,
      [
        [asks, 'y\n'],
        [asksAgain, 'aws-admins\n'],
      ],
      'sam',
    );
    expect([code, await stateOf(id)]).toEqual([0, 'granting']);
  });
});
