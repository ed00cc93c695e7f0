import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { until } from '../until.fixture.ts';
import { approvedWith, card, cardsIn, press, requestAccess, textOf } from './slack-steps.fixture.ts';
import { type Company, REQUESTS, startCompany } from './company.fixture.ts';
import {
  addEntitlements,
  addRoles,
  addTeams,
  BOUNDARIES,
  type Boundary,
  type Change,
  entitlementOf,
  type ProviderCase,
  providerCasesOf,
  stopAt,
} from './kill-points.fixture.ts';
import { expiresOnTime, LATEST_MS } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';

let company: Company;
let cases: readonly ProviderCase[] = [];
let dropRoles: (() => Promise<void>) | undefined;
const running: { gateway?: Role; workflows?: Role; providers?: Role; sweeper?: Role } = {};
const providerRoles = () => cases.map(({ provider }) => `provider:${provider}`);
const startProviders = async () => void (running.providers = await company.up(...providerRoles()));

const startAllBut = async (missing?: 'providers'): Promise<void> => {
  const roles = {
    gateway: ['gateway'],
    workflows: ['worker'],
    sweeper: ['sweeper'],
    ...(missing ? {} : { providers: providerRoles() }),
  };
  await Promise.all(
    Object.entries(roles).map(async ([each, own]) => {
      running[each as keyof typeof running] = await company.up(...own);
    }),
  );
};

beforeAll(async () => {
  company = await startCompany({ addToGithub: addTeams, proxiesLedger: true });
  cases = providerCasesOf(company);
  if (!company.aws) console.warn('skipped: moto is missing, so AWS is not among the providers');
  dropRoles = await addRoles();
  await addEntitlements(company, cases);
  await startAllBut('providers');
}, 180_000);
afterAll(async () => {
  await company?.stop();
  await dropRoles?.();
}, 60_000);

const trail = async (id: RequestId) => (await company.ledger.readTrail(id)).map(({ event }) => event);
const kinds = async (id: RequestId) => (await trail(id)).map(({ kind }) => kind);
const sourcesOf = async (id: RequestId, kind: string) =>
  (await company.ledger.readTrail(id)).flatMap(({ event, via }) => (event.kind === kind ? [via] : []));

/** Expects the request to close by expiry, not too late, with each event once. */
async function endedOnTime(id: RequestId): Promise<void> {
  await expiresOnTime(company, id);
  const all = await kinds(id);
  for (const once of ['intended', 'granted', 'activated', 'revoke-started', 'revoked', 'closed'] as const)
    expect([once, all.filter((kind) => kind === once).length]).toEqual([once, 1]);
}

describe('a SIGKILL while access is granted or revoked, at each boundary and each provider at the same time', () => {
  const reasonOf = (boundary: Boundary) => `killed ${boundary}`;
  const requests = new Map<Boundary, RequestId>();
  const requestOf = (boundary: Boundary): RequestId => {
    const request = requests.get(boundary);
    if (!request) throw new Error(`there is no request for "${boundary}"`);
    return request;
  };
  const rows = BOUNDARIES.flatMap((boundary) =>
    ['postgres', 'github', 'aws-iam'].map((provider) => [boundary, provider] as const),
  );
  /** The lease of a row of the table; undefined when its provider is missing on this machine. */
  const leaseAt = (boundary: Boundary, provider: string) => {
    const position = cases.findIndex((each) => each.provider === provider);
    const [found] = cases.slice(position, position + 1);
    if (!found || position < 0) return undefined;
    const at = { lease: leaseIdOf(requestOf(boundary), position), number: BOUNDARIES.indexOf(boundary) + 1 };
    return { ...at, effects: (change: Change) => found.effects(change, at) };
  };
  /** The events of one lease. */
  const eventsOf = async (boundary: Boundary, lease: LeaseId) =>
    (await trail(requestOf(boundary))).filter((event) => !('lease' in event) || event.lease === lease);
  const countIn = (events: readonly { kind: string }[], kind: string) =>
    events.filter((each) => each.kind === kind).length;

  /** What was there when the processes were killed, by the boundary. */
  const atKill = new Map<string, { effects: number; kinds: string; unsent: boolean }>();
  const keyOf = (change: Change, boundary: Boundary, provider: string) => `${change} ${boundary} ${provider}`;

  /** Stops every change at its boundary, kills the processes, and notes what is there then. */
  async function killAt(
    change: Change,
    { begin, kill }: Readonly<{ begin: () => Promise<void>; kill: () => readonly (Role | undefined)[] }>,
  ): Promise<void> {
    const stops = BOUNDARIES.flatMap((boundary) =>
      stopAt(company, cases, { boundary, change, request: requestOf(boundary) }),
    );
    await company.quiet();
    await begin();
    await Promise.all(stops.map(({ reached }) => reached));
    for (const boundary of BOUNDARIES.slice(2))
      for (const { provider } of cases)
        await until(
          `the ${change} at ${provider} has its effect (${boundary})`,
          () => leaseAt(boundary, provider)?.effects(change).length || undefined,
        );
    await Promise.all(kill().map(async (each) => each?.kill()));
    for (const boundary of BOUNDARIES)
      for (const { provider } of cases) {
        const lease = leaseAt(boundary, provider);
        if (!lease) continue;
        const [unsent] = await company.rows(
          `select from outbox where sent_at is null and request_id = '${requestOf(boundary)}'`,
        );
        atKill.set(keyOf(change, boundary, provider), {
          effects: lease.effects(change).length,
          kinds: (await eventsOf(boundary, lease.lease)).map(({ kind }) => kind).join(' '),
          unsent: unsent !== undefined,
        });
      }
    for (const stop of stops) stop.cancel();
    company.slack.faults.up();
  }

  describe('of the process that grants', () => {
    beforeAll(async () => {
      for (const [index, boundary] of BOUNDARIES.entries())
        requests.set(
          boundary,
          await requestAccess(company, `${entitlementOf(index + 1)} 1h ${reasonOf(boundary)}`),
        );
      for (const boundary of BOUNDARIES) await press(company, 'bo', 'approve', reasonOf(boundary));
      for (const id of requests.values())
        await until('the end is set', async () => (await company.events(id, 'grant-started'))[0]);
      // Three processes, because the connections to the ledger of one are not enough for so many that stop.
      let providers: readonly Role[] = [];
      await killAt('grant', {
        begin: async () => {
          company.slack.faults.down();
          providers = await Promise.all(providerRoles().map((each) => company.up(each)));
        },
        kill: () => providers,
      });
      await startProviders();
      for (const id of requests.values()) await company.reaches(id, 'active');
      await company.quiet();
    }, 240_000);

    const BEFORE = 'requested judged approved grant-started';
    test.each(rows)(
      '%s, at %s: one effect, and one record of it (F01, F13, I2, I7, I15)',
      async (boundary, provider) => {
        const lease = leaseAt(boundary, provider);
        if (!lease) return console.warn(`skipped: ${provider} is missing`);
        const index = BOUNDARIES.indexOf(boundary);
        expect(atKill.get(keyOf('grant', boundary, provider))).toMatchObject({
          effects: index < 2 ? 0 : 1,
          kinds: expect.stringMatching(
            new RegExp(
              `^${BEFORE}${['', ' intended', ' intended', ' intended', ' intended granted( activated)?'][index]}$`,
            ),
          ),
          ...(index === 4 ? { unsent: true } : {}),
        });
        const events = await eventsOf(boundary, lease.lease);
        expect(['intended', 'granted', 'activated'].map((kind) => countIn(events, kind))).toEqual([1, 1, 1]);
        const [effect = Number.NaN, ...others] = lease.effects('grant');
        expect(others).toEqual([]);
        const [intended, granted] = ['intended', 'granted'].map(
          (kind) => events.find((each) => each.kind === kind)?.at ?? Number.NaN,
        );
        expect([effect >= (intended ?? 0), effect <= (granted ?? 0)]).toEqual([true, true]);
      },
    );

    test.each(BOUNDARIES)('%s: people get one card that says that the access is active', (boundary) => {
      const shown = cardsIn(company.as('sam'), reasonOf(boundary), REQUESTS).map(textOf);
      expect(shown).toEqual([expect.stringContaining('Active until')]);
    });
  });

  describe('of the processes that revoke, when that of the providers does not come back', () => {
    beforeAll(async () => {
      const [first, ...others] = BOUNDARIES;
      await killAt('revoke', {
        begin: async () => {
          await Promise.all(others.map((each) => press(company, 'ana', 'end', reasonOf(each))));
          for (const each of others)
            await until(
              'it is being revoked',
              async () => (await kinds(requestOf(each))).includes('revoke-started') || undefined,
            );
          await press(company, 'ana', 'end', reasonOf(first));
          company.slack.faults.down();
        },
        kill: () => [running.workflows, running.providers],
      });
      running.workflows = await company.up('worker');
      for (const id of requests.values()) await company.reaches(id, 'closed');
      await company.quiet();
    }, 240_000);

    test.each(rows)(
      '%s, at %s: one effect, one receipt, and not late (F02, F13, I3, I4)',
      async (boundary, provider) => {
        const lease = leaseAt(boundary, provider);
        if (!lease) return console.warn(`skipped: ${provider} is missing`);
        const index = BOUNDARIES.indexOf(boundary);
        const killed = atKill.get(keyOf('revoke', boundary, provider));
        expect(killed?.kinds).toMatch(
          [/activated$/, /revoke-started$/, /revoke-started$/, /revoke-started$/, /revoked( closed)?$/][
            index
          ] ?? /^$/,
        );
        expect(killed?.effects).toBe(index < 2 ? 0 : 1);
        if (index === 4) expect(killed?.unsent).toBe(true);
        const events = await eventsOf(boundary, lease.lease);
        expect(['revoke-started', 'revoked', 'closed'].map((kind) => countIn(events, kind))).toEqual([
          1, 1, 1,
        ]);
        const [effect = Number.NaN, ...more] = lease.effects('revoke');
        expect(more).toEqual([]);
        const [started = 0, revoked = 0] = ['revoke-started', 'revoked'].map(
          (kind) => events.find((each) => each.kind === kind)?.at,
        );
        expect([effect >= started, effect <= revoked, revoked - started < LATEST_MS]).toEqual([
          true,
          true,
          true,
        ]);
      },
    );

    test.each(BOUNDARIES)(
      '%s: the sweeper recorded what was missing, and people get one card',
      async (boundary) => {
        const by = boundary === BOUNDARIES[4] ? 'workflow' : 'sweeper';
        expect(await sourcesOf(requestOf(boundary), 'revoked')).toEqual(cases.map(() => by));
        const shown = cardsIn(company.as('sam'), reasonOf(boundary), REQUESTS).map(textOf);
        expect(shown).toEqual([expect.stringContaining('revoked and verified')]);
      },
    );

    test('nothing is overdue', async () => expect(await company.ledger.overdueLeases()).toEqual([]));
  });
});

test('a SIGKILL of the gateway between a click and the check of its account loses no click and repeats none (F03, I16)', async () => {
  await startProviders(); // they were killed by the test before
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

  await startAllBut();
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
