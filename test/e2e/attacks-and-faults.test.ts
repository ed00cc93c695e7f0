import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type RequestId, requestIdOf } from '../../core/ids.ts';
import { findTemporalCli } from '../../sandbox/launch/temporal-cli.ts';
import { TOOLS } from '../../scripts/tools.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import type { Call } from '../faults/http-proxy.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { blockDatabase } from '../ledger/outage.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import { LATEST_MS } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';
import { approvedWith, card, granted, press, requestAccess } from './slack-steps.fixture.ts';

// Attacks and faults that once broke a promise, on processes of their own, with one provider: GitHub. Those with other parts
// are elsewhere: web pages that use a port of the demo (attack 2) in sandbox/test/demo, and real vendors beside the sandbox
// (attack 4) in test/app/real-services.test.ts.

const ANA = 'ana-ferreira';
const STANDING = ['bo-lindqvist', 'cy-okafor'];

let company: Company;
let provider: Role;
beforeAll(async () => {
  company = await startCompany();
  [, , , provider] = await Promise.all([
    company.up('gateway'),
    company.up('worker'),
    company.up('sweeper'),
    company.up('provider:github'),
  ]);
}, 180_000);
afterAll(() => company?.stop(), 60_000);
afterEach(async () => {
  await company.quiet();
  expect(company.team()).toEqual(STANDING);
});

const kinds = async (id: RequestId) =>
  (await company.ledger.readTrail(id)).map(({ event }) => event.kind).join(' ');
const effects = () => company.github.github.effects();
const membership = (method: string) => (call: Call) =>
  call.method === method && call.path.includes('/memberships/');
const endOf = async (id: RequestId): Promise<number> =>
  (await company.events(id, 'grant-started'))[0]?.endsAt ?? Number.NaN;
/** When GitHub recorded the last removal of Ana. */
const removedAt = (): number =>
  effects().findLast(({ login: of, after }) => of === ANA && after === 'none')?.at ?? Number.NaN;

async function endedBy(id: RequestId, reason: string): Promise<void> {
  await press(company, 'ana', 'end', reason);
  await company.reaches(id, 'closed');
}

/** Keeps the next call of that kind in the proxy, kills the process that sent it, and starts another one. */
async function killedWith(method: 'PUT' | 'DELETE', cause: () => Promise<unknown>) {
  let release = (): void => undefined;
  const released = new Promise<void>((done) => (release = done));
  const held = company.githubProxy.arm({
    when: membership(method),
    act: { kind: 'hold', until: () => released },
  });
  const caused = cause();
  await held.reached;
  await provider.kill();
  await caused;
  provider = await company.up('provider:github');
  return { release };
}

describe('an attack', () => {
  const temporal = async (...args: readonly string[]) => {
    const cli = await findTemporalCli({ tools: TOOLS, log: () => undefined });
    return promisify(execFile)(cli, [...args, '--address', company.temporal.address]).then(
      () => 'done',
      (error: Error) => error.message,
    );
  };

  test('with the address of Temporal runs no undo of its own at the vendor (attack 1, T11, T41)', async () => {
    const before = effects().length;
    const lease = `lease_${'0'.repeat(26)}_0`;
    const subject = { id: '4102', name: STANDING[0] };
    const undo = {
      intent: { lease, subject, level: 'none', endsAt: 0 },
      target: { provider: 'github', spec: { kind: 'team', org: 'lantern', team: 'orders-oncall', id: 5001 } },
    };
    const forged = [{ lease, undo }, { lease, undo: JSON.stringify(undo) }, { lease }];
    for (const type of ['revoke', 'grant'])
      for (const [index, input] of forged.entries()) {
        const activity = [
          '--activity-id',
          `${type}-${index}`,
          '--type',
          type,
          '--task-queue',
          'curfew-github',
        ];
        const limits = ['--schedule-to-close-timeout', '10s', '--retry-maximum-attempts', '1'];
        await temporal('activity', 'execute', ...activity, ...limits, '--input', JSON.stringify(input));
      }
    for (const id of ['revoke-0', 'revoke-1', 'revoke-2', 'grant-2'])
      await until(`its worker got ${id}`, () => provider.log().includes(`"activityId":"${id}"`) || undefined);
    expect([company.team(), effects().length]).toEqual([STANDING, before]);
  }, 120_000);

  test('that holds advisory locks in the ledger delays no end (attack 3, T43)', async () => {
    const [live] = await approvedWith(company, ['oncall 1m while locks are held'], 40_000);
    if (!live) throw new Error('no request was made');
    await asAdmin(async (holder) => {
      for (const [key, seed] of [
        [live, 0],
        [`github\n5001\n${ANA}`, 1],
      ] as const)
        await holder.query('select pg_advisory_lock(hashtextextended($1, $2))', [key, seed]);
      await company.reaches(live, 'closed');
    }, company.ledgerUrl);
    expect(removedAt() - (await endOf(live))).toBeLessThan(LATEST_MS);
  }, 120_000);

  test('on the workflow by hand does not turn a refused click into an approval (attack 5, T11, B44)', async () => {
    const reason = 'a guest says yes';
    const id = await requestAccess(company, `oncall 1h ${reason}`);
    await company.as('gil', 'forged').click(await card(company.as('cy'), reason, REQUESTS), 'approve');
    await company.quiet();
    const workflow = ['--workflow-id', workflowIdOf(id)];
    const yes = ['--input', JSON.stringify({ kind: 'approve', by: 'cy' })];
    for (const name of ['approve', 'answer', 'wakeUp']) {
      await temporal('workflow', 'signal', ...workflow, '--name', name, ...yes);
      await temporal('workflow', 'update', 'execute', ...workflow, '--name', name, ...yes);
    }
    await company.wake(id);
    await company.quiet();
    expect(await kinds(id)).toBe('requested judged refused');
    expect((await company.refusals()).filter(({ request }) => request === id)).toMatchObject([
      { tried: 'approve', code: 'not-a-member' },
    ]);
    await press(company, 'cy', 'deny', reason);
    const cy = company.as('cy');
    await cy.waitFor('the form for the reason', () => cy.modal(), 45_000);
    await cy.submit({ note: { text: 'that is enough' } });
    await company.reaches(id, 'closed');
  }, 120_000);
});

const repairedSince = async (givenAt: number): Promise<boolean> =>
  (
    await rowsOf(company.ledgerUrl, `select from event where kind = 'repaired' and at > $1`, [
      new Date(givenAt),
    ])
  ).length > 0;

describe('a fault', () => {
  // These two come first, because the other faults leave a doubt about Ana's access that would hide a missing one.
  test('that makes a removal lose its lock takes a newer access for less than a minute (fault 2, F01, F16)', async () => {
    const older = await granted(company, 'oncall 1h the removal is late');
    const late = await killedWith('DELETE', () => press(company, 'ana', 'end', 'the removal is late'));
    await company.reaches(older, 'closed');
    const newer = await granted(company, 'oncall 1h the newer one');
    late.release();
    await until('the late removal took effect', () => !company.team().includes(ANA) || undefined);
    await until('the newer access is there again', () => company.team().includes(ANA) || undefined, 90_000);
    const { at } = await until('it is recorded', async () => (await company.events(newer, 'repaired'))[0]);
    expect(at - removedAt()).toBeLessThan(LATEST_MS);
    await endedBy(newer, 'the newer one');
  }, 240_000);

  test('that lets a superseded grant write late gives access for less than a minute (fault 3, F02, F41)', async () => {
    const line = 'oncall 1h the grant is late';
    const reason = 'the grant is late';
    const id = await requestAccess(company, line);
    const late = await killedWith('PUT', () => press(company, 'cy', 'approve', reason));
    await endedBy(id, reason);
    late.release();
    await until('the late grant took effect', () => company.team().includes(ANA) || undefined);
    const givenAt = Date.now();
    await until('the access is gone again', () => !company.team().includes(ANA) || undefined, 90_000);
    expect(removedAt() - givenAt).toBeLessThan(LATEST_MS);
    // It may be recorded for an earlier request for the same access, which was still being verified.
    await until('it is recorded', () => repairedSince(givenAt));
    expect(await kinds(id)).toMatch(/closed( repaired)?$/);
  }, 240_000);

  test('of the ledger, while sixty requests wait for their verdict, delays no end (fault 1, F04, I3)', async () => {
    const [live] = await approvedWith(company, ['oncall 1m while sixty wait'], 30_000);
    if (!live) throw new Error('no request was made');
    await company.reaches(live, 'active');
    const endsAt = await endOf(live);
    const unblock = await blockDatabase(company.ledgerUrl);
    try {
      const waiting = Array.from({ length: 60 }, () => requestIdOf(clickIdOf(uuidv7())));
      await Promise.all(waiting.map((each) => company.wake(each)));
      await until('the access is gone at GitHub', () => !company.team().includes(ANA) || undefined, 120_000);
      expect(removedAt() - endsAt).toBeGreaterThanOrEqual(0);
      expect(removedAt() - endsAt).toBeLessThan(LATEST_MS);
    } finally {
      await unblock();
    }
    await company.reaches(live, 'closed');
    expect(await kinds(live)).toMatch(/activated revoke-started (undone )*revoked (undone )*closed$/);
  }, 240_000);

  test('of busy connections to the ledger removes nothing of another access (fault 5, F04)', async () => {
    const longer = await granted(company, 'oncall 1h the longer one');
    const [shorter] = await approvedWith(company, ['oncall 1m the shorter one'], 30_000);
    if (!shorter) throw new Error('no request was made');
    await company.reaches(shorter, 'active');
    const before = effects().length;
    const endsAt = await endOf(shorter);
    await asAdmin(async (owner) => {
      // Every statement about a lease waits now, so every connection of every process is in use.
      await owner.query('begin');
      await owner.query('lock table lease in access exclusive mode');
      await until('the end has been over for 20 s', () => Date.now() > endsAt + 20_000 || undefined, 60_000);
      await owner.query('rollback');
    }, company.ledgerUrl);
    await company.reaches(shorter, 'closed');
    expect([company.team().includes(ANA), effects().length]).toEqual([true, before]);
    expect(await kinds(shorter)).toMatch(/revoke-started revoked closed$/);
    expect(await kinds(longer)).toMatch(/granted activated$/);
    await endedBy(longer, 'the longer one');
  }, 240_000);
});
