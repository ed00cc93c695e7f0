import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerCommands } from '../../cli/commands/answer.ts';
import { endCommand } from '../../cli/commands/end.ts';
import { approveCommand } from '../../cli/commands/approve.ts';
import { extendCommand } from '../../cli/commands/extend.ts';
import { requestCommand } from '../../cli/commands/request.ts';
import type { Instant, RequestId } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { until } from '../until.fixture.ts';
import { confirmGranted, confirmRevoked, observed, rowsOf } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder, startWorkerOf } from './cli.fixture.ts';

const LOGIN = userInfo().username;

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

const [approve, deny, withdraw, end] = ['approve', 'deny', 'withdraw', 'end'].map(
  (name) =>
    (...args: readonly string[]) => {
      const command = [approveCommand(), endCommand(), ...answerCommands()].find(
        (each) => each.name() === name,
      );
      if (!command) throw new Error(`there is no command ${name}`);
      return folder.run(command, ...args);
    },
) as [Run, Run, Run, Run];
type Run = (...args: readonly string[]) => ReturnType<Folder['run']>;
const extend: Run = (...args) => folder.run(extendCommand(), ...args);
const request: Run = (...args) => folder.run(requestCommand(), ...args);

/** Approves what the request is now, as a program does that has read it before. */
async function approveExactly(id: RequestId, by: string): ReturnType<Run> {
  const state = await stateOf(id);
  const digest = state.kind === 'blank' ? '' : digestToAnswer(state);
  return approve(id, '--as', by, '--digest', digest);
}

/** Each request has a reason of its own, for the same request twice is refused while the first one is open. */
let requests = 0;
async function requested(by = 'ana'): Promise<RequestId> {
  const { code, out } = await request('orders-db', '1h', 'incident', `${++requests}`, '--as', by);
  expect(code).toBe(0);
  return /req_\w{26}/.exec(out)?.[0] as RequestId;
}
const trailOf = async (id: RequestId) => (await folder.ledger.readTrail(id)).map(({ event }) => event);
const stateOf = async (id: RequestId) => stateAfter(await trailOf(id));
const clicksOf = (id: RequestId, kind: string) =>
  rowsOf<{ via: string; account: string; person: string; body: object }>(
    folder.url,
    'select via, account, person, body from click where request_id = $1 and kind = $2',
    [id, kind],
  );
async function activate(id: RequestId): Promise<void> {
  for (const lease of await folder.ledger.leasesOf(id)) {
    await folder.ledger.intend({ lease, observed, level: 'write', via: 'workflow' });
    await folder.ledger.record(confirmGranted(lease, 'write'));
  }
}
/** Records the receipts of a request as soon as its revocation started, as the worker does. */
const revokes = (id: RequestId) =>
  until(`${id} is being revoked`, async () => (await stateOf(id)).kind === 'revoking').then(async () => {
    for (const lease of await folder.ledger.leasesOf(id)) await folder.ledger.record(confirmRevoked(lease));
  });
const utc = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;

describe('curfew request', () => {
  test('prints the id of the request twice, short and whole, and how to look at it', async () => {
    const { code, out, err } = await request('orders-db', '90m', 'incident', '4312', '--as', 'ana');
    const id = /req_\w{26}/.exec(out)?.[0] as RequestId;
    const short = id.slice(-8);
    expect({ code, out, err }).toEqual({
      code: 0,
      err: '',
      out: `Requested: ${short}  (${id})\nThe approvers can see the request now. "curfew audit story ${short}" shows what happens to it.\n`,
    });
    expect(await stateOf(id)).toMatchObject({
      kind: 'pending',
      details: { requester: 'ana', entitlement: 'orders-db', minutes: 90 },
    });
    expect(await folder.ledger.readFreeText(id)).toEqual({ reason: 'incident 4312' });
    expect(await clicksOf(id, 'request')).toMatchObject([
      { via: 'cli', account: `${LOGIN} as ana`, person: 'ana' },
    ]);
  });

  test.each<[string, readonly string[], number, string]>([
    ['the policy refuses it', ['orders-db', '9h', 'why', '--as', 'ana'], 4, 'The longest is 8 h.'],
    ['the reason is empty', ['orders-db', '1h', ' ', '--as', 'ana'], 4, 'Say why you need the access.'],
    ['the person does not exist', ['orders-db', '1h', 'why', '--as', 'zed'], 3, 'There is no person "zed"'],
    ['nobody says who acts', ['orders-db', '1h', 'why'], 4, `the account "unix: ${LOGIN}"`],
  ])('%s: nothing is printed as a result, and the exit code says why', async (_what, args, code, words) => {
    expect(await request(...args)).toEqual({ code, out: '', err: expect.stringContaining(words) });
  });
});

describe('curfew approve', () => {
  test('carries the digest of the request, and its person and login', async () => {
    const id = await requested();
    const { code, out, err } = await approveExactly(id, 'cy');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Approved: .+ for ana, 1 h\.\n {2}Reason: .+\n {2}.+\(level:\s+\w+\)\n/);
    const [opened] = await trailOf(id);
    const digest = opened?.kind === 'requested' ? opened.details.digest : '';
    expect(digest).not.toBe('');
    expect(await clicksOf(id, 'approve')).toEqual([
      { via: 'cli', account: `${LOGIN} as cy`, person: 'cy', body: { digest } },
    ]);
    expect(await stateOf(id)).toMatchObject({ kind: 'granting' });
  });

  test.each<[string, string, string]>([
    ['the requester', 'ana', 'This is your own request. Somebody else has to decide it.'],
    ['somebody who is not an approver', 'sam', 'You are not an approver of this request.'],
  ])('%s is refused with exit code 4, and the request waits', async (_what, who, words) => {
    const id = await requested();
    expect(await approve(id, '--as', who)).toEqual({ code: 4, out: '', err: expect.stringContaining(words) });
    expect((await stateOf(id)).kind).toBe('pending');
  });
});

describe('curfew deny', () => {
  test('stores the reason for the requester, and prints one word', async () => {
    const id = await requested();
    expect(await deny(id, '--as', 'cy', '--reason', 'not on a Friday')).toEqual({
      code: 0,
      out: 'Denied.\n',
      err: '',
    });
    expect(await stateOf(id)).toMatchObject({ kind: 'closed', ending: { kind: 'denied', by: 'cy' } });
    expect(await folder.ledger.readFreeText(id)).toMatchObject({ denial: 'not on a Friday' });
  });

  test.each([
    ['the same person', 'cy', 1],
    ['another approver', 'bo', 2],
  ])('a second denial by %s says who denied it before, and when', async (_who, as, clicks) => {
    const id = await requested();
    await deny(id, '--as', 'cy', '--reason', 'no');
    const isDecided = `select from click where request_id = $1 and kind = 'deny' and done_at is not null`;
    await until(
      'the first one is decided',
      async () => (await rowsOf(folder.url, isDecided, [id])).length > 0,
    );
    expect(await deny(id, '--as', as, '--reason', 'no again')).toEqual({
      code: 4,
      out: '',
      err: expect.stringMatching(
        /^\nThe request is already over: denied by cy, \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Nothing was changed\.\n$/,
      ),
    });
    expect(await clicksOf(id, 'deny')).toHaveLength(clicks);
    expect(await folder.ledger.readFreeText(id)).toMatchObject({ denial: 'no' });
  });

  test('without a reason it is wrong usage, and nothing is written', async () => {
    const id = await requested();
    expect(await deny(id, '--as', 'cy')).toMatchObject({ code: 2, out: '' });
    expect(await clicksOf(id, 'deny')).toEqual([]);
  });
});

describe('curfew withdraw', () => {
  test('the requester withdraws, and another person cannot', async () => {
    const id = await requested();
    expect(await withdraw(id, '--as', 'bo')).toMatchObject({
      code: 4,
      err: expect.stringContaining('Only the requester can do this.'),
    });
    expect(await withdraw(id, '--as', 'ana')).toEqual({ code: 0, out: 'Withdrawn.\n', err: '' });
    expect(await withdraw(id, '--as', 'ana')).toEqual({
      code: 4,
      out: '',
      err: expect.stringContaining('The request is already over: withdrawn by ana'),
    });
    expect(await stateOf(id)).toMatchObject({ kind: 'closed', ending: { kind: 'withdrawn', by: 'ana' } });
  });

  test('the requester withdraws while the policy cannot be read (I14)', async () => {
    const id = await requested();
    const restore = await folder.breakPolicy();
    try {
      expect(await withdraw(id, '--as', 'ana')).toMatchObject({ code: 0, out: 'Withdrawn.\n' });
    } finally {
      await restore();
    }
  });
});

describe('curfew end', () => {
  test('ends the access of its requester, and prints one word', async () => {
    const id = await requested();
    await approveExactly(id, 'cy');
    await activate(id);
    const revoked = revokes(id);
    expect(await end(id, '--as', 'ana')).toEqual({ code: 0, out: 'Ended.\n', err: '' });
    await revoked;
    expect(await stateOf(id)).toMatchObject({ kind: 'closed', ending: { kind: 'ended', by: 'ana' } });
  });

  test('ends access while the policy cannot be read: its requester is known by the click that opened it (I14)', async () => {
    const id = await requested();
    await approveExactly(id, 'cy');
    await activate(id);
    const restore = await folder.breakPolicy();
    try {
      for (const who of ['bo', 'cy'])
        expect(await end(id, '--as', who)).toMatchObject({
          code: 1,
          err: expect.stringContaining('The policy cannot be read:'),
        });
      expect(await request('orders-db', '1h', 'why', '--as', 'ana')).toMatchObject({ code: 1 });
      expect(await approve(id, '--as', 'ana')).toMatchObject({ code: 1 });
      expect(await deny(id, '--as', 'ana', '--reason', 'no')).toMatchObject({ code: 1 });
      const revoked = revokes(id);
      expect(await end(id, '--as', 'ana')).toMatchObject({ code: 0, out: 'Ended.\n' });
      await revoked;
    } finally {
      await restore();
    }
  });
});

test('while the catalogue cannot be read, an approver of a request ends it, and nobody else does (I14)', async () => {
  const id = await requested();
  await approveExactly(id, 'cy');
  await activate(id);
  const restore = await folder.breakPolicy('catalogue.yaml');
  try {
    for (const who of ['sam', 'ada'])
      expect(await end(id, '--as', who)).toMatchObject({
        code: 4,
        err: expect.stringContaining('Only the requester'),
      });
    expect(await approve(id, '--as', 'bo')).toMatchObject({ code: 1 });
    expect((await stateOf(id)).kind).toBe('active');
    const revoked = revokes(id);
    expect(await end(id, '--as', 'bo')).toMatchObject({ code: 0, out: 'Ended.\n' });
    await revoked;
    expect(await stateOf(id)).toMatchObject({ kind: 'closed', ending: { kind: 'ended', by: 'bo' } });
  } finally {
    await restore();
  }
});

test('an answer to a request that does not exist is not found, and writes nothing', async () => {
  const none = `req_${'0'.repeat(26)}` as RequestId;
  for (const answer of [approve, withdraw, end])
    expect(await answer(none, '--as', 'cy')).toEqual({
      code: 3,
      out: '',
      err: `\nThere is no request ${none}. "curfew list --all" shows all requests.\n`,
    });
  expect(await rowsOf(folder.url, 'select from click where request_id = $1', [none])).toEqual([]);
});

test('the end of the access that approve prints is in UTC and that of the ledger', async () => {
  const id = await requested();
  const { out } = await approveExactly(id, 'cy');
  const started = (await trailOf(id)).find(({ kind }) => kind === 'grant-started');
  const endsAt: Instant | 0 = started?.kind === 'grant-started' ? started.endsAt : 0;
  expect(out).toContain(utc(endsAt));
});

describe('curfew extend', () => {
  async function activeRequest(): Promise<RequestId> {
    const id = await requested();
    await approveExactly(id, 'cy');
    await activate(id);
    return id;
  }
  const endOf = async (id: RequestId): Promise<number> => {
    const state = await stateOf(id);
    return state.kind === 'active' ? state.endsAt : 0;
  };

  test('requests a later end, which an approver approves with its own digest, and sees what they approved', async () => {
    const id = await activeRequest();
    const end = await endOf(id);
    const { code, out, err } = await extend(id, '30m', 'the', 'restore', 'takes', 'longer', '--as', 'ana');
    const until = new Date(end + 30 * 60_000).toISOString();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Requested until ${until.slice(0, 16).replace('T', ' ')} UTC.`);
    const approved = await approveExactly(id, 'cy');
    expect([approved.code, approved.err]).toEqual([0, '']);
    expect(approved.out).toMatch(
      /^Approved: .+ for ana, 30 min more, until .+\.\n {2}Reason: the restore takes longer\n {2}.+\(level:\s+\w+\)/,
    );
    const state = await stateOf(id);
    expect(state).toMatchObject({ kind: 'active', endsAt: end, extension: { kind: 'started' } });
    const digest = state.kind === 'active' ? state.extension?.details.digest : '';
    expect((await clicksOf(id, 'approve')).map(({ body }) => body)).toContainEqual({ digest });
  });

  test.each<[string, readonly string[], string]>([
    ['the length is too long in all', ['9h', 'why', '--as', 'ana'], 'You can extend it by at most 7 h.'],
    ['it is not the requester', ['30m', 'why', '--as', 'bo'], 'Only the requester can do this.'],
    ['nobody can read the length', ['soon', 'why', '--as', 'ana'], 'is not a length of time'],
  ])('%s: it is refused with exit code 4', async (_what, args, words) => {
    const id = await activeRequest();
    expect(await extend(id, ...args)).toEqual({ code: 4, out: '', err: expect.stringContaining(words) });
  });

  test.each(['denied', 'withdrawn'])(
    'an extension that is %s keeps the access, and the command ends at once',
    async (how) => {
      const id = await activeRequest();
      await extend(id, '30m', 'why', '--as', 'ana');
      const done =
        how === 'denied' ? await deny(id, '--as', 'cy', '--reason', 'no') : await withdraw(id, '--as', 'ana');
      expect(done).toMatchObject({ code: 0, err: '' });
      expect(await stateOf(id)).toMatchObject({ kind: 'active' });
      expect(await trailOf(id)).toContainEqual(
        expect.objectContaining({ kind: 'extension-closed', ending: expect.objectContaining({ kind: how }) }),
      );
    },
  );
});
