import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { publishConnections, sandboxConnections } from '../../app/connections.ts';
import { answerCommands } from '../../cli/commands/answer.ts';
import { endCommand } from '../../cli/commands/end.ts';
import { approveCommand } from '../../cli/commands/approve.ts';
import { requestCommand } from '../../cli/commands/request.ts';
import type { ClickId, RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { startPgProxy } from '../faults/pg-proxy.fixture.ts';
import {
  confirmRevoked,
  end,
  grantedIn,
  newRequest,
  opening,
  revokedIn,
  rowsOf,
  stepOf,
} from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder, type Printed } from './cli.fixture.ts';

/** A denial that is accepted. */
const ALLOWED = { eligibility: ELIGIBLE, hasReason: true } as const;

/** No worker runs, so these tests decide when the click of a command is answered. */
let folder: Folder;
let proxy: Awaited<ReturnType<typeof startPgProxy>>;
beforeAll(async () => {
  folder = await openFolder();
  const { hostname, port } = new URL(folder.url);
  proxy = await startPgProxy(hostname, Number(port || 5432));
  const databaseUrl = proxy.through(folder.url);
  publishConnections(folder.home, sandboxConnections({ ...folder.connections, databaseUrl }));
});
afterAll(async () => {
  await proxy?.stop();
  await folder?.stop();
});

const DIGEST = 'd'.repeat(64);

/** A request whose digest can be typed. */
function openingTyped(request: RequestId, more: Parameters<typeof opening>[1] = {}) {
  const { details } = opening(request);
  return opening(request, { details: { ...details, digest: DIGEST }, ...more });
}

/** Starts a command. `looksTwice` resolves when it has looked twice more for its result, or has ended. */
function started(name: string, ...args: readonly string[]) {
  const command = [requestCommand(), approveCommand(), endCommand(), ...answerCommands()].find(
    (each) => each.name() === name,
  );
  if (!command) throw new Error(`there is no command ${name}`);
  let printed: Printed | undefined;
  const ended = folder.run(command, ...args).then((result) => (printed = result));
  const look = name === 'request' ? 'from event where' : 'select outcome from click';
  const looks = () => proxy.statements.filter((sql) => sql.includes(look)).length;
  return {
    ended,
    printed: () => printed,
    async looksTwice() {
      const before = looks();
      await until('the command looked twice', () => printed !== undefined || looks() >= before + 2);
    },
  };
}
const clickOn = async (request: RequestId, kind: string): Promise<ClickId> => {
  const [row] = await until('the click is written', async () => {
    const rows = await rowsOf<{ id: ClickId }>(
      folder.url,
      'select id from click where request_id = $1 and kind = $2',
      [request, kind],
    );
    return rows.length > 0 ? rows : undefined;
  });
  if (!row) throw new Error('there is no click');
  return row.id;
};

test('an end is finished with the receipt, and not with the answer to the click', async () => {
  const { ledger } = folder;
  const request = await grantedIn(ledger);
  const command = started('end', request, '--as', 'ana');
  const click = await clickOn(request, 'end');
  await ledger.record({ ...end(request), name: `click/${click}` });
  await ledger.storeOutcome(click, { kind: 'answered' });
  await command.looksTwice();
  expect(command.printed()).toBeUndefined(); // the access is still being revoked
  for (const lease of await ledger.leasesOf(request)) await ledger.record(confirmRevoked(lease));
  expect(await command.ended).toEqual({ code: 0, out: 'Ended.\n', err: '' });
});

test('a request that somebody else closed in the meantime is not the result of this command', async () => {
  const { ledger } = folder;
  const request = newRequest();
  await ledger.open(opening(request));
  const command = started('deny', request, '--as', 'bo', '--reason', 'not now');
  const click = await clickOn(request, 'deny');
  await ledger.record(
    stepOf(request, 'click/other', (at) => ({ kind: 'deny', by: cy, digest: 'd1', ...ALLOWED, at })),
  );
  await command.looksTwice();
  expect(command.printed()).toBeUndefined();
  const refusal = { code: 'wrong-state', state: 'closed', ending: { kind: 'denied', by: cy } } as const;
  await ledger.storeOutcome(click, { kind: 'refused', refusal });
  expect(await command.ended).toEqual({
    code: 4,
    out: '',
    err: expect.stringContaining('The request is already over: denied by cy'),
  });
});

test('a request that the same person closed in another way is not the result of this command', async () => {
  const { ledger } = folder;
  const request = await grantedIn(ledger);
  const command = started('withdraw', request, '--as', 'ana');
  const click = await clickOn(request, 'withdraw');
  await revokedIn(ledger, request);
  await command.looksTwice();
  expect(command.printed()).toBeUndefined();
  const refusal = { code: 'wrong-state', state: 'closed', ending: { kind: 'ended', by: ana } } as const;
  await ledger.storeOutcome(click, { kind: 'refused', refusal });
  expect(await command.ended).toEqual({
    code: 4,
    out: '',
    err: expect.stringContaining('The request is already over: ended by ana'),
  });
});

test('the first of two approvals prints what was approved, like the last one', async () => {
  const { ledger } = folder;
  const request = newRequest();
  const { requirements } = opening(request);
  const stages = requirements.stages.map((stage) => ({ ...stage, needs: 2 }));
  await ledger.open(openingTyped(request, { requirements: { ...requirements, stages } }));
  const command = started('approve', request, '--as', 'bo', '--digest', DIGEST);
  const click = await clickOn(request, 'approve');
  const approval = { kind: 'approve', by: bo, digest: DIGEST, eligibility: ELIGIBLE } as const;
  await ledger.record(stepOf(request, `click/${click}`, (at) => ({ ...approval, at })));
  await ledger.storeOutcome(click, { kind: 'answered' });
  expect(await command.ended).toEqual({
    code: 0,
    out: expect.stringMatching(/^Approved: Orders database for ana, 1 h\.\n {2}Reason: incident 4312\n/),
    err: '',
  });
});

test('an approval is finished with the answer to the click, and not with that of another approver', async () => {
  const { ledger } = folder;
  const request = newRequest();
  await ledger.open(openingTyped(request));
  const command = started('approve', request, '--as', 'bo', '--digest', DIGEST);
  const click = await clickOn(request, 'approve');
  await ledger.record(
    stepOf(request, 'click/other', (at) => ({
      kind: 'approve',
      by: cy,
      digest: DIGEST,
      eligibility: ELIGIBLE,
      at,
    })),
  );
  await command.looksTwice();
  expect(command.printed()).toBeUndefined();
  await ledger.storeOutcome(click, {
    kind: 'refused',
    refusal: { code: 'wrong-state', state: 'granting', by: cy },
  });
  expect(await command.ended).toEqual({
    code: 4,
    out: '',
    err: expect.stringContaining('Already approved by cy'),
  });
});

test.each([
  ['deny', ['--as', 'cy', '--reason', 'no'], 'Denied.', { kind: 'deny', by: cy, digest: 'd1', ...ALLOWED }],
  ['withdraw', ['--as', 'ana'], 'Withdrawn.', { kind: 'withdraw', by: ana, digest: 'd1' }],
] as const)(
  '%s is finished when it closed the request, also when its click has no answer yet',
  async (name, args, done, command) => {
    const request = newRequest();
    await folder.ledger.open(opening(request));
    const { ended } = started(name, request, ...args);
    const click = await clickOn(request, name);
    await folder.ledger.record(stepOf(request, `click/${click}`, (at) => ({ ...command, at })));
    expect(await ended).toEqual({ code: 0, out: `${done}\n`, err: '' });
    await folder.ledger.storeOutcome(click, { kind: 'answered' });
  },
);

test('an answer to a request that is closed already waits for its own answer', async () => {
  const { ledger } = folder;
  const request = newRequest();
  await ledger.open(opening(request));
  await ledger.record(
    stepOf(request, 'click/other', (at) => ({ kind: 'deny', by: cy, digest: 'd1', ...ALLOWED, at })),
  );
  const command = started('deny', request, '--as', 'cy', '--reason', 'again');
  const click = await clickOn(request, 'deny');
  await command.looksTwice();
  expect(command.printed()).toBeUndefined();
  const refusal = { code: 'wrong-state', state: 'closed', ending: { kind: 'denied', by: cy } } as const;
  await ledger.storeOutcome(click, { kind: 'refused', refusal });
  expect(await command.ended).toMatchObject({ code: 4, out: '' });
});

test.each([
  [
    'withdraw',
    { kind: 'withdraw', by: ana, digest: 'd1' },
    { kind: 'withdrawn', by: ana },
    'withdrawn by ana',
  ],
  ['end', undefined, { kind: 'ended', by: ana }, 'ended by ana'],
] as const)(
  'to %s what the same person has closed before waits for its own answer too',
  async (name, before, ending, words) => {
    const { ledger } = folder;
    const request = before ? newRequest() : await grantedIn(ledger);
    if (before) {
      await ledger.open(opening(request));
      await ledger.record(stepOf(request, 'click/other', (at) => ({ ...before, at })));
    } else await revokedIn(ledger, request);
    const command = started(name, request, '--as', 'ana');
    const click = await clickOn(request, name);
    await command.looksTwice();
    expect(command.printed()).toBeUndefined();
    await ledger.storeOutcome(click, {
      kind: 'refused',
      refusal: { code: 'wrong-state', state: 'closed', ending },
    });
    expect(await command.ended).toEqual({
      code: 4,
      out: '',
      err: expect.stringContaining(`The request is already over: ${words}`),
    });
  },
);

test('curfew end waits for the answer to its own click, also when the request is closed already', async () => {
  const { ledger } = folder;
  const request = await grantedIn(ledger);
  const command = started('end', request, '--as', 'cy');
  const click = await clickOn(request, 'end');
  await revokedIn(ledger, request);
  await command.looksTwice();
  expect(command.printed()).toBeUndefined();
  await ledger.storeOutcome(click, { kind: 'answered' });
  expect(await command.ended).toEqual({ code: 0, out: 'Ended.\n', err: '' });
});

test.each([
  [
    'withdraw',
    'ana',
    { code: 'wrong-state', state: 'active', by: bo },
    'Already approved by bo. End the access instead. Nothing was changed.',
  ],
  ['end', 'sam', { code: 'not-requester' }, 'Only the requester or an approver can end the access.'],
  ['withdraw', 'sam', { code: 'not-requester' }, 'Only the requester can do this.'],
] as const)('a refusal to %s for %s says what fits it', async (name, who, refusal, words) => {
  const request = await grantedIn(folder.ledger);
  const command = started(name, request, '--as', who);
  await folder.ledger.storeOutcome(await clickOn(request, name), { kind: 'refused', refusal });
  expect(await command.ended).toEqual({ code: 4, out: '', err: `\n${words}\n` });
});

describe('when nothing answers in time', () => {
  /** Lets the time of the command pass while it waits. */
  async function inVain(command: ReturnType<typeof started>): Promise<Printed> {
    await command.looksTwice();
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 20_000);
    return command.ended.finally(() => clock.mockRestore());
  }
  const waited = (what: string) => ({
    code: 1,
    out: '',
    err: expect.stringContaining(`Waited 20 s for ${what}. Your command is recorded.`),
  });

  test('a request says that it is recorded, and waits to be judged', async () => {
    const command = started('request', 'orders-db', '1h', 'why', '--as', 'ana');
    expect(await inVain(command)).toEqual(waited('the policy to judge the request'));
  });

  test('an approval and an end say that they are recorded', async () => {
    const { ledger } = folder;
    const pending = newRequest();
    await ledger.open(openingTyped(pending));
    expect(await inVain(started('approve', pending, '--as', 'bo', '--digest', DIGEST))).toEqual(
      waited('the result'),
    );
    const active = await grantedIn(ledger);
    expect(await inVain(started('end', active, '--as', 'ana'))).toEqual(waited('the result'));
  });

  test('an end whose revocation has started says that the provider still shows the access', async () => {
    const { ledger } = folder;
    const request = await grantedIn(ledger);
    const command = started('end', request, '--as', 'ana');
    const click = await clickOn(request, 'end');
    await ledger.record({ ...end(request), name: `click/${click}` });
    expect(await inVain(command)).toEqual({
      code: 1,
      out: '',
      err: '\nCurfew is revoking the access, but the provider does not show yet that it is gone. Curfew tries again until it is ("curfew doctor" shows what it waits for).\n',
    });
  });

  test('only an end says so: an approval of that request is recorded and not answered', async () => {
    const { ledger } = folder;
    const request = await grantedIn(ledger);
    await ledger.record(end(request));
    expect(await inVain(started('approve', request, '--as', bo))).toEqual(waited('the result'));
  });
});
