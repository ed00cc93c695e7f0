import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { RequestId } from '../../core/ids.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { approvedWith, card, press, requestAccess } from './slack-steps.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import { type ProviderCase, providerCasesOf } from './kill-points.fixture.ts';
import { expiresOnTime } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';

let company: Company;
let cases: readonly ProviderCase[] = [];
const running: { gateway?: Role; workflows?: Role; providers?: Role; sweeper?: Role } = {};
const providerRoles = () => cases.map(({ provider }) => `provider:${provider}`);

async function startAll(): Promise<void> {
  const roles = {
    gateway: ['gateway'],
    workflows: ['worker'],
    providers: providerRoles(),
    sweeper: ['sweeper'],
  };
  await Promise.all(
    (['gateway', 'workflows', 'providers', 'sweeper'] as const).map(async (each) => {
      running[each] = await company.up(...roles[each]);
    }),
  );
}

beforeAll(async () => {
  company = await startCompany();
  cases = providerCasesOf(company);
  if (!company.aws) console.warn('skipped: moto is missing, so AWS is not among the providers');
  await startAll();
}, 180_000);
afterAll(() => company?.stop(), 60_000);

const kinds = async (id: RequestId) => (await company.ledger.readTrail(id)).map(({ event }) => event.kind);
const sourcesOf = async (id: RequestId, kind: string) =>
  (await company.ledger.readTrail(id)).flatMap(({ event, via }) => (event.kind === kind ? [via] : []));

/** Expects the request to close by expiry, not too late, with each event once. */
async function endedOnTime(id: RequestId): Promise<void> {
  await expiresOnTime(company, id);
  const all = await kinds(id);
  for (const once of ['intended', 'granted', 'activated', 'revoke-started', 'revoked', 'closed'] as const)
    expect([once, all.filter((kind) => kind === once).length]).toEqual([once, 1]);
}

describe('a SIGKILL of every provider process after the effect and before its record', () => {
  let requests: readonly RequestId[] = [];

  test('the next process finds the one effect of a grant and records it (F01, I2, I7, I15)', async () => {
    const hung = cases.map((each) => each.hangAfter('grant'));
    requests = await approvedWith(
      company,
      cases.map(({ line }) => line),
      25_000,
    );
    await Promise.all(hung.map(({ reached }) => reached));
    await running.providers?.kill();

    for (const each of cases) expect([each.provider, await each.countHeld()]).toEqual([each.provider, 1]);
    for (const id of requests)
      expect(await kinds(id)).toEqual(['requested', 'judged', 'approved', 'grant-started', 'intended']);

    running.providers = await company.up(...providerRoles());
    for (const id of requests) await company.reaches(id, 'active');
    for (const each of cases) expect([each.provider, await each.countHeld()]).toEqual([each.provider, 1]);
    const grants = company.github.github.effects().filter(({ after }) => after.startsWith('member'));
    expect(grants).toHaveLength(1);
  }, 150_000);

  test('the sweeper records the receipt of a revocation when no process comes back (F02, I3, I4)', async () => {
    const hung = cases.map((each) => each.hangAfter('revoke'));
    await Promise.all(hung.map(({ reached }) => reached));
    await running.providers?.kill();
    for (const id of requests) expect(await kinds(id)).not.toContain('revoked'); // revoked, and not recorded yet
    for (const id of requests) {
      await endedOnTime(id);
      expect(await sourcesOf(id, 'revoked')).toEqual(['sweeper']);
    }
    for (const each of cases) expect([each.provider, await each.countHeld()]).toEqual([each.provider, 0]);
    expect(await company.ledger.overdueLeases()).toEqual([]);
    const revocations = company.github.github.effects().filter(({ after }) => after === 'none');
    expect(revocations).toHaveLength(1);
  }, 150_000);
});

test('a SIGKILL of the gateway between a click and the check of its account loses no click and repeats none (F03, I16)', async () => {
  running.providers = await company.up(...providerRoles()); // they were killed by the test before
  const reason = 'the gateway is killed before it checks the account';
  const request = await requestAccess(company, `oncall 1h ${reason}`);
  await company.quiet();
  company.slack.faults.slow('users.info', 30_000); // without an answer no worker decides the click
  expect(await company.as('bo').click(await card(company.as('bo'), reason, REQUESTS), 'approve')).toEqual({
    kind: 'acked',
  });
  await running.gateway?.kill();
  const open = await company.rows(`select id from click where kind = 'approve' and done_at is null`);
  expect([open.length, await kinds(request)]).toEqual([1, ['requested', 'judged']]);
  company.slack.faults.clear();
  running.gateway = await company.up('gateway');
  await company.reaches(request, 'active');
  await press(company, 'ana', 'end', reason);
  await company.reaches(request, 'closed');
  expect((await kinds(request)).filter((kind) => kind === 'approved' || kind === 'refused')).toEqual([
    'approved',
  ]);
}, 120_000);

test('live leases end on time after a workflow is terminated and every process is killed (F08, F40, I1)', async () => {
  const lines = ['orders-db 1m its workflow is terminated', 'oncall 1m everything is killed'];
  const [orphan, other] = await approvedWith(company, lines, 35_000);
  if (!orphan || !other) throw new Error('no request was made');
  for (const id of [orphan, other]) await company.reaches(id, 'active');

  const connection = await Connection.connect({ address: company.temporal.address });
  await new Client({ connection }).workflow.getHandle(workflowIdOf(orphan)).terminate('by hand');
  await connection.close();
  await Promise.all(Object.values(running).map((each) => each.kill()));
  expect([await company.leaseRoles(), company.team()]).toEqual([
    [expect.any(String)],
    expect.arrayContaining(['ana-ferreira']),
  ]);

  await startAll();
  await endedOnTime(other);
  await endedOnTime(orphan);
  // The sweeper begins. It also wakes a new workflow, and the receipt is of the one that is faster.
  expect(await sourcesOf(orphan, 'revoke-started')).toEqual(['sweeper']);
  expect([await company.leaseRoles(), company.team()]).toEqual([[], ['bo-lindqvist', 'cy-okafor']]);
}, 180_000);

test('the sweeper ends live leases when Temporal stops for good, and people are notified (F06, I3)', async () => {
  const lines = ['orders-db 1m Temporal is stopped', 'oncall 1m Temporal is stopped too'];
  const requests = await approvedWith(company, lines, 45_000);
  for (const id of requests) await company.reaches(id, 'active');
  await company.temporal.stop();
  expect(company.team()).toContain('ana-ferreira');
  for (const id of requests) {
    await endedOnTime(id);
    expect(await sourcesOf(id, 'revoked')).toEqual(['sweeper']);
  }
  expect([await company.leaseRoles(), company.team()]).toEqual([[], ['bo-lindqvist', 'cy-okafor']]);
  await card(company.as('ana'), 'Temporal is stopped too', 'dm', (each) =>
    JSON.stringify(each.blocks).includes('revoked and verified'),
  );
}, 150_000);
