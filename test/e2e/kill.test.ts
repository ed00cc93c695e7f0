import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { RequestId } from '../../core/ids.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { until } from '../until.fixture.ts';
import { ask, card, press } from './slack-steps.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import { type Hand, handsOf } from './kill-points.fixture.ts';
import type { Role } from './processes.fixture.ts';

/** How late a removal may be with any part of Curfew down, in milliseconds (I3). */
const LATEST_MS = 60_000;

let company: Company;
let hands: readonly Hand[] = [];
const running: { gateway?: Role; mind?: Role; hands?: Role; sweeper?: Role } = {};
const reasonOf = (line: string) => line.split(' ').slice(2).join(' ');
const providerRoles = () => hands.map(({ provider }) => `provider:${provider}`);

async function startAll(): Promise<void> {
  const roles = { gateway: ['gateway'], mind: ['worker'], hands: providerRoles(), sweeper: ['sweeper'] };
  await Promise.all(
    (['gateway', 'mind', 'hands', 'sweeper'] as const).map(async (each) => {
      running[each] = await company.up(...roles[each]);
    }),
  );
}

beforeAll(async () => {
  company = await startCompany();
  hands = handsOf(company);
  if (!company.aws) console.warn('skipped: moto is missing, so AWS is not among the providers');
  await startAll();
}, 180_000);
afterAll(() => company?.stop(), 60_000);

const kinds = async (id: RequestId) => (await company.ledger.readTrail(id)).map(({ event }) => event.kind);
const doors = async (id: RequestId, kind: string) =>
  (await company.ledger.readTrail(id)).flatMap(({ event, via }) => (event.kind === kind ? [via] : []));

/** How long after its end each was seen gone, by the ledger's own clock. */
async function lateness(id: RequestId): Promise<number> {
  const [[started], [removed]] = [
    await company.events(id, 'grant-started'),
    await company.events(id, 'revoked'),
  ];
  return (removed?.at ?? Number.NaN) - (started?.endsAt ?? Number.NaN);
}

/** Closed because its time was up, not later than it may be, and told as it was. */
async function endedOnTime(id: RequestId): Promise<void> {
  expect(await company.reaches(id, 'closed')).toMatchObject({ ending: { kind: 'expired' } });
  const late = await lateness(id);
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThan(LATEST_MS);
  const all = await kinds(id);
  for (const once of ['intended', 'granted', 'activated', 'revoke-started', 'revoked', 'closed'] as const)
    expect([once, all.filter((kind) => kind === once).length]).toEqual([once, 1]);
}

/** Asked for by Ana and approved by Bo, with the ledger's clock that far behind until the end is fixed. */
async function approved(lines: readonly string[], behindMs: number): Promise<readonly RequestId[]> {
  await company.quiet();
  await company.shiftClock(-behindMs);
  const requests: RequestId[] = [];
  for (const line of lines) requests.push(await ask(company, line));
  for (const line of lines) await press(company, 'bo', 'approve', reasonOf(line));
  for (const id of requests)
    await until('the end is fixed', async () => (await company.events(id, 'grant-started'))[0]);
  return requests;
}

describe('SIGKILL after the effect and before its record, at every provider at once', () => {
  let requests: readonly RequestId[] = [];

  test('on grant: one effect, found again and recorded by the process that comes after (F01, I2, I7, I15)', async () => {
    const hung = hands.map((hand) => hand.hangAfter('give'));
    requests = await approved(
      hands.map(({ line }) => line),
      5_000,
    );
    await Promise.all(hung.map(({ reached }) => reached));
    await running.hands?.kill();
    await company.shiftClock(0);

    for (const hand of hands)
      expect([hand.provider, await hand.truth()]).toEqual([hand.provider, { held: 1 }]);
    for (const id of requests)
      expect(await kinds(id)).toEqual(['requested', 'judged', 'approved', 'grant-started', 'intended']);

    running.hands = await company.up(...providerRoles());
    for (const id of requests) await company.reaches(id, 'active');
    for (const hand of hands)
      expect([hand.provider, await hand.truth()]).toEqual([hand.provider, { held: 1 }]);
    const given = company.github.github.effects().filter(({ after }) => after.startsWith('member'));
    expect(given).toHaveLength(1);
  }, 150_000);

  test('on revoke: gone once, and the sweeper writes the receipt though nobody comes back (F02, I3, I4)', async () => {
    const hung = hands.map((hand) => hand.hangAfter('take'));
    await Promise.all(hung.map(({ reached }) => reached));
    await running.hands?.kill();
    for (const id of requests) expect(await kinds(id)).not.toContain('revoked'); // done, and nobody knows it yet
    for (const id of requests) {
      await endedOnTime(id);
      expect(await doors(id, 'revoked')).toEqual(['sweeper']);
    }
    for (const hand of hands)
      expect([hand.provider, await hand.truth()]).toEqual([hand.provider, { held: 0 }]);
    expect(await company.ledger.owed()).toEqual([]);
    const taken = company.github.github.effects().filter(({ after }) => after === 'none');
    expect(taken).toHaveLength(1);
  }, 150_000);
});

test('SIGKILL of the gateway between the click and its dispatch loses nothing, and nothing happens twice (F03, I16)', async () => {
  running.hands = await company.up(...providerRoles()); // nobody came back until now
  const reason = 'the gateway dies with the click in hand';
  const request = await ask(company, `oncall 1h ${reason}`);
  await company.quiet();
  company.slack.faults.slow('users.info', 30_000); // the dispatcher asks Slack who clicked before anything else
  expect(await company.as('bo').click(await card(company.as('bo'), reason, REQUESTS), 'approve')).toEqual({
    kind: 'acked',
  });
  await running.gateway?.kill();
  const open = await company.rows(`select id from click where kind = 'approve' and settled_at is null`);
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

test('a workflow terminated by hand, then SIGKILL of everything: both live leases end on time (F08, F40, I1)', async () => {
  const lines = ['orders-db 1m its workflow is terminated', 'oncall 1m everything is killed'];
  const [orphan, other] = await approved(lines, 35_000);
  if (!orphan || !other) throw new Error('nothing was asked for');
  for (const id of [orphan, other]) await company.reaches(id, 'active');
  await company.shiftClock(0);

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
  expect(await doors(orphan, 'revoked')).toEqual(['sweeper']);
  expect([await company.leaseRoles(), company.team()]).toEqual([[], ['bo-lindqvist', 'cy-okafor']]);
}, 180_000);

test('Temporal stops for good with live leases: the sweeper ends them, and people are told (F06, I3)', async () => {
  const lines = ['orders-db 1m Temporal goes away', 'oncall 1m Temporal goes away too'];
  const requests = await approved(lines, 45_000);
  for (const id of requests) await company.reaches(id, 'active');
  await company.temporal.stop();
  await company.shiftClock(0);
  expect(company.team()).toContain('ana-ferreira');
  for (const id of requests) {
    await endedOnTime(id);
    expect(await doors(id, 'revoked')).toEqual(['sweeper']);
  }
  expect([await company.leaseRoles(), company.team()]).toEqual([[], ['bo-lindqvist', 'cy-okafor']]);
  await card(company.as('ana'), 'Temporal goes away too', 'dm', (each) =>
    JSON.stringify(each.blocks).includes('revoked and verified'),
  );
}, 150_000);
