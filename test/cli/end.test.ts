import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { answerCommands } from '../../cli/commands/answer.ts';
import { endCommand } from '../../cli/commands/end.ts';
import { locksCommand } from '../../cli/commands/locks.ts';
import { requestCommand } from '../../cli/commands/request.ts';
import {
  clickIdOf,
  type Instant,
  leaseIdOf,
  type MassEndingId,
  type PersonId,
  type RequestId,
} from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { entryOf } from '../manifest/manifest.fixture.ts';
import { type Folder, openFolder, startWorkerOf } from './cli.fixture.ts';

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

const endAll = (...args: readonly string[]) => folder.run(endCommand(), ...args);
const locks = (...args: readonly string[]) => folder.run(locksCommand(), ...args);

async function requested(entitlement = 'orders-db', as = 'ana'): Promise<RequestId> {
  const { out } = await folder.run(requestCommand(), entitlement, '1h', 'incident', '4312', '--as', as);
  return /req_\w{26}/.exec(out)?.[0] as RequestId;
}
const stateOf = async (id: RequestId) =>
  stateAfter((await folder.ledger.readTrail(id)).map(({ event }) => event));
const lockIdIn = (text: string): string => /^([0-9a-z]{8}) {2}/m.exec(text)?.[1] ?? '';

/** Lifts every lock, so that the next test can request access. */
async function liftAll(): Promise<void> {
  const mayLift = () => Promise.resolve(true);
  for (const { id } of await folder.ledger.readLocks())
    for (const by of ['sam', 'bo'] as PersonId[])
      await folder.ledger.writeLift({ id, by, click: clickIdOf(uuidv7()), mayLift });
}
afterEach(liftAll);

describe('curfew end --person', () => {
  test('a dry run shows what would end and ends nothing', async () => {
    const [one, two] = [await requested(), await requested('orders-logs')];
    const shown = await endAll('--person', 'ana', '--dry-run', '--as', 'sam');
    expect(shown).toMatchObject({ code: 0, err: '' });
    for (const words of [
      'This ends everything of ana: 2 requests of 1 person, 2 pending.',
      one.slice(-8),
      two.slice(-8),
      'orders-logs',
      'aws-iam',
      'Afterwards nothing of it is granted or extended until 2 security people lift the lock.',
    ])
      expect(shown.out).toContain(words);
    expect((await stateOf(one)).kind).toBe('pending');
    await endAll('--person', 'ana', '--yes', '2', '--as', 'ana');
  });

  test('without a terminal it needs the exact count, and then says in JSON how far it is', async () => {
    const id = await requested();
    const args = ['--person', 'ana', '--reason', 'stolen laptop', '--as', 'sam'];
    expect(await endAll(...args)).toMatchObject({ code: 2, err: expect.stringContaining('give --yes 1') });
    expect(await endAll(...args, '--yes', '7')).toMatchObject({
      code: 1,
      err: expect.stringContaining('it is 1 now, and you confirmed 7'),
    });
    expect((await stateOf(id)).kind).toBe('pending');
    const { code, out } = await endAll(...args, '--yes', '1');
    expect(code).toBe(0);
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({
      done: true,
      ended: 1,
      over: 1,
      left: 0,
      late: [],
    });
    expect(await stateOf(id)).toMatchObject({
      kind: 'closed',
      ending: { kind: 'mass-ended', by: 'sam', why: 'stolen laptop' },
    });
  });

  test('a person ends their own without a reason and without a lock', async () => {
    const id = await requested();
    expect(await endAll('--person', 'ana', '--yes', '1', '--as', 'ana')).toMatchObject({
      code: 0,
      out: expect.stringContaining('This makes no lock'),
    });
    expect((await stateOf(id)).kind).toBe('closed');
    expect((await locks()).out).toBe('Nothing is locked.\n');
  });

  test('a person who ends their own while a lock of somebody else holds is not told that there is none (I18)', async () => {
    await endAll('--person', 'ana', '--reason', 'stolen laptop', '--yes', '0', '--as', 'sam');
    const { out } = await endAll('--person', 'ana', '--as', 'ana');
    expect(out).toContain('unless another lock holds');
    expect(out).not.toContain('There is no lock');
  });

  test('who may not is refused with the reason, which is recorded', async () => {
    const id = await requested();
    const args = ['--person', 'ana', '--reason', 'curious', '--yes', '1', '--as', 'cy'];
    expect(await endAll(...args)).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringContaining('only the security people may: group:security, person:bo'),
    });
    expect((await stateOf(id)).kind).toBe('pending');
    expect(
      await rowsOf(folder.url, `select from event where kind = 'refused' and body ->> 'tried' = 'end-all'`),
    ).toHaveLength(1);
    await endAll('--person', 'ana', '--yes', '1', '--as', 'ana');
  });

  test('while the catalogue cannot be read, a person ends their own, and no security person ends it (I14)', async () => {
    const id = await requested();
    const restore = await folder.breakPolicy('catalogue.yaml');
    try {
      const ofOthers = await endAll('--person', 'ana', '--reason', 'x', '--yes', '1', '--as', 'sam');
      expect(ofOthers).toMatchObject({ code: 4, err: expect.stringContaining('catalogue.yaml:') });
      expect((await stateOf(id)).kind).toBe('pending');
      expect(await endAll('--person', 'ana', '--yes', '1', '--as', 'ana')).toMatchObject({ code: 0 });
      expect((await stateOf(id)).kind).toBe('closed');
    } finally {
      await restore();
    }
  });

  test.each([
    ['a person whom nobody knows', ['--person', 'anna'], 3, 'Did you mean "ana"?'],
    ['an entitlement that does not exist', ['--entitlement', 'order-db'], 3, 'Did you mean'],
    ['a provider that does not exist', ['--provider', 'githib'], 3, 'Did you mean "github"?'],
    ['leavers when nobody left', ['--leavers'], 3, 'Nobody who has or waits for access has left.'],
    ['nothing', [], 2, 'Name a request, or what to end at once'],
    ['two scopes', ['--person', 'ana', '--everything'], 2, 'cannot be used with option'],
    ['no reason', ['--everything'], 2, 'Say why you end it'],
    ['a count that is none', ['--everything', '--yes', 'all'], 2, 'the number of requests'],
  ])('%s', async (_what, args, code, err) =>
    expect(await endAll(...args, '--as', 'sam')).toMatchObject({ code, err: expect.stringContaining(err) }),
  );
});

describe('curfew locks', () => {
  test('lifts nothing when two locks end with the letters that were typed', async () => {
    for (const time of ['0', '1'])
      await folder.ledger.writeMassEnding({
        ...{ id: `end_${time.repeat(18)}0000same` as MassEndingId, by: 'cy' as PersonId, needs: 1 },
        ...{ scope: { kind: 'everything' }, reason: 'a leak' },
      });
    expect(await locks('lift', '0000same', '--as', 'sam')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Several locks end with 0000same. Type more letters.'),
    });
    expect(await folder.ledger.readLocks()).toHaveLength(2);
  });
  test.each<[string, string, readonly string[], string]>([
    ['everybody who may', 'ana', [], 'bo and sam'],
    ['not the person whose access is locked', 'sam', [], 'bo'],
    ['not who lifted it already', 'ana', ['sam'], 'bo'],
  ])('name who can lift a lock: %s', async (_what, person, lifted, named) => {
    await endAll('--person', person, '--reason', 'a leak', '--yes', '0', '--as', 'bo');
    const lock = lockIdIn((await locks('list')).out);
    for (const as of lifted) await locks('lift', lock, '--as', as);
    expect((await locks('list')).out).toContain(`People who can lift it: ${named}.`);
  });
  test.each<[string, readonly string[]]>([
    ['locks list', ['list']],
    ['locks', []],
  ])('are printed for programs by "curfew %s --json"', async (_command, words) => {
    expect(await locks(...words, '--json')).toEqual({ code: 0, out: '[]\n', err: '' });
    await endAll('--person', 'ana', '--reason', 'a leak', '--yes', '0', '--as', 'sam');
    const [{ id, at } = { id: '', at: 0 }] = await folder.ledger.readLocks();
    await locks('lift', id, '--as', 'bo');
    expect(JSON.parse((await locks(...words, '--json')).out)).toEqual([
      {
        ...{ id, at: new Date(at).toISOString(), person: 'sam', scope: 'person', scope_name: 'ana' },
        ...{ reason: 'a leak', needs: 2, lifted_by: ['bo'], can_lift: ['sam'] },
      },
    ]);
    expect((await locks(...words, '--csv')).out.split('\n')[0]).toBe(
      'id,at,person,scope,scope_name,reason,needs,lifted_by,can_lift',
    );
  });
  test.each<[digit: string, EndScope, string | null]>([
    ['1', { kind: 'entitlement', entitlement: 'orders-db' }, 'orders-db'],
    ['2', { kind: 'provider', provider: 'github' }, 'github'],
    ['3', { kind: 'everything' }, null],
  ])('are printed for programs with what they lock: lock %s of %j', async (digit, scope, name) => {
    const id = `end_${'0'.repeat(25)}${digit}` as MassEndingId;
    await folder.ledger.writeMassEnding({ id, by: 'cy' as PersonId, needs: 1, scope, reason: 'a leak' });
    const [row, ...more] = JSON.parse((await locks('--json')).out) as readonly object[];
    expect([row, more]).toEqual([expect.objectContaining({ scope: scope.kind, scope_name: name }), []]);
  });
  test('of a person is shown with what a provider still refuses, before and after it is lifted', async () => {
    await endAll('--person', 'ana', '--reason', 'a stolen laptop', '--yes', '0', '--as', 'sam');
    const { out } = await locks('list');
    const [{ id } = { id: '' as MassEndingId }] = await folder.ledger.readLocks();
    const denied =
      '"aws-iam" may still refuse this access, because all access of this person was cut off. Undo this there by hand: Delete the policy.';
    expect(out).not.toContain(denied);
    await folder.ledger.writeCutOff(id, {
      ...{ provider: 'aws-iam', seen: 'a policy refuses every call' },
      ...{ toUndo: ['Delete the policy.'], done: [], again: [] },
    });
    expect((await locks('list')).out).toContain(denied);
    const lock = lockIdIn(out);
    await locks('lift', lock, '--as', 'sam');
    const last = await locks('lift', lock, '--as', 'bo');
    expect([last.out.includes('The lock is lifted.'), last.out.includes(denied)]).toEqual([true, true]);
  });
  test('a lock is listed, refuses requests, and goes when enough people lifted it (I18)', async () => {
    await endAll('--entitlement', 'orders-db', '--reason', 'a leak', '--yes', '0', '--as', 'cy');
    const { out } = await locks('list');
    expect(out).toMatch(/^[0-9a-z]{8} {2}cy ended everything of "orders-db", .* UTC: a leak\n/);
    expect(out).toContain('Lifted by 0 of 2.');
    const id = await requested();
    expect(await folder.run(requestCommand(), 'orders-db', '1h', 'incident', '--as', 'ana')).toMatchObject({
      code: 4,
      err: expect.stringContaining('nothing of it is granted until the lock is lifted'),
    });
    const lock = lockIdIn(out);
    expect(await locks('lift', lock, '--as', 'cy')).toMatchObject({ code: 4 });
    expect((await locks('lift', lock, '--as', 'sam')).out).toContain(
      'Lifted by 1 of 2: sam. The lock still holds.',
    );
    expect((await locks('lift', lock, '--as', 'bo')).out).toContain('The lock is lifted.');
    expect(await locks('lift', lock, '--as', 'bo')).toMatchObject({ code: 3 });
    expect(id).toBeUndefined();
    expect((await stateOf(await requested())).kind).toBe('pending');
    await endAll('--person', 'ana', '--yes', '1', '--as', 'ana');
  });
});

describe('access that a restored ledger has lost', () => {
  const letters = (nth: number) => `${'0'.repeat(25)}${nth}`;
  /** The manifest has a lease of ana that the ledger does not know, and nobody has the request. */
  const lose = (nth: number) => loseAccessOf(`req_${letters(nth)}` as RequestId);
  async function loseAccessOf(request: RequestId, account = 'ana-ferreira'): Promise<RequestId> {
    const lease = leaseIdOf(request, 0);
    const endsAt = (Date.now() + 3_600_000) as Instant;
    const entry = entryOf({ lease, endsAt, provider: 'github', subject: { id: '7', name: account } });
    await folder.ledger.quarantine({
      ...{ reason: 'restored', ledgerSerial: 0, manifestSerial: 1 },
      plan: [{ lease, request, kind: 'unknown', entry, signed: '', accessKey: 'key', endsAt }],
    });
    return request;
  }
  async function endQuarantine(): Promise<void> {
    const { id: quarantine = 0 } = (await folder.ledger.readQuarantine()) ?? {};
    const [by, planDigest] = ['sam' as PersonId, 'x'];
    const answer = { id: 'answer', quarantine, account: 'x', person: by, planDigest };
    await folder.ledger.writeQuarantineAnswer(answer);
    await folder.ledger.endQuarantine(answer, { by, serial: 1 });
  }
  const taken = async () =>
    (await folder.ledger.takeLostLeases(10, { leases: [], providers: [] })).map(({ request }) => request);

  test('is ended by the id of its request, of which the ledger knows only that it waits (I3)', async () => {
    const request = await loseAccessOf(await requested());
    expect(await taken()).not.toContain(request);
    expect(await endAll(request, '--as', 'ana')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Its access is revoked within a minute.'),
    });
    expect(await taken()).toContain(request);
    await folder.ledger.endLostLease(leaseIdOf(request, 0), 'none');
    await endAll('--person', 'ana', '--yes', '1', '--as', 'ana');
  });

  test('is ended by the id of its request, and by its last letters (I3)', async () => {
    const [one, two] = [await lose(1), await lose(2)];
    expect(await taken()).toEqual([]);
    expect(await endAll(one, '--as', 'ana')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Its access is revoked within a minute.'),
    });
    expect(await taken()).toEqual([one]);
    expect(await endAll(letters(2), '--as', 'sam')).toMatchObject({ code: 0, err: '' });
    expect(await taken()).toEqual([two]);
  });

  test('is not ended by the withdrawal of a request that the ledger does not have', async () => {
    const request = await lose(5);
    const withdraw = answerCommands().find((each) => each.name() === 'withdraw');
    if (!withdraw) throw new Error('there is no such command');
    const printed = await folder.run(withdraw, request, '--as', 'ana');
    expect(printed).toMatchObject({ code: 3, out: '', err: expect.stringContaining('There is no request') });
    expect(await taken()).toEqual([]);
    await folder.ledger.endLostLease(leaseIdOf(request, 0), 'none');
  });

  test('is shown and counted in the ending of everything of its person, and not in that of another (I25)', async () => {
    const request = await lose(3);
    const other = await endAll('--person', 'bo', '--dry-run', '--as', 'sam');
    expect(other.out).toContain('there is nothing to end');
    const shown = await endAll('--person', 'ana', '--dry-run', '--as', 'sam');
    expect(shown.out).toContain('1 request of 1 person, 1 with access');
    expect(shown.out).toContain(request.slice(-8));
    const ending = endAll('--person', 'ana', '--reason', 'stolen laptop', '--yes', '1', '--as', 'sam');
    let found: readonly string[] = [];
    while (found.length === 0) found = await taken();
    expect(found).toEqual([request]);
    await folder.ledger.endLostLease(leaseIdOf(request, 0), 'none');
    expect((await ending).out).toMatch(/"done":true.*"ended":1,"over":1,"granted":1/s);
  });

  test('of an account that nobody has is ended with that of everybody who left (I17, F29)', async () => {
    const request = await loseAccessOf(`req_${letters(4)}` as RequestId, 'nobodys-account');
    await endQuarantine();
    const shown = await endAll('--leavers', '--dry-run', '--as', 'sam');
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining(request.slice(-8)) });
    const ending = endAll('--leavers', '--reason', 'they left', '--yes', '1', '--as', 'sam');
    let found: readonly string[] = [];
    while (found.length === 0) found = await taken();
    expect(found).toEqual([request]);
    await folder.ledger.endLostLease(leaseIdOf(request, 0), 'none');
    expect((await ending).out).toMatch(/"done":true.*"ended":1,"over":1/s);
  });
});
