import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Instant, RequestId } from '../../core/ids.ts';
import { allows, type Document } from '../providers/iam-evaluator.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Company, startCompany } from './company.fixture.ts';
import { expiresOnTime, LATEST_MS } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';
import { type ReaperMachine, startReaperMachine } from './reaper.fixture.ts';
import { approvedWith } from './slack-steps.fixture.ts';

// One lease of each class, and of the four mechanisms that end access exactly one is left. That the sweeper alone ends leases
// when Temporal is gone is in kill.test.ts.

let company: Company;
let machine: ReaperMachine;
const running: Role[] = [];

beforeAll(async () => {
  company = await startCompany();
  machine = await startReaperMachine(company);
  if (!company.aws) console.warn('skipped: moto is missing, so AWS is not among the providers');
  const providers = ['postgres', 'github', ...(company.aws ? ['aws-iam'] : [])];
  for (const roles of [['gateway'], ['worker'], providers.map((name) => `provider:${name}`)])
    running.push(await company.up(...roles));
}, 180_000);
afterAll(async () => {
  await machine?.stop();
  await company?.stop();
}, 60_000);

const endOf = async (id: RequestId): Promise<Instant> =>
  (await company.events(id, 'grant-started'))[0]?.endsAt as Instant;
const sourcesOf = async (id: RequestId, kind: string) =>
  (await company.ledger.readTrail(id)).flatMap(({ event, via }) => (event.kind === kind ? [via] : []));

test('mechanism 2: the timer of the workflow alone ends access, without the sweeper and the reaper (I3)', async () => {
  const [request] = await approvedWith(company, ['oncall 1m only the timer is left'], 35_000);
  if (!request) throw new Error('no request was made');
  await company.reaches(request, 'active');
  await expiresOnTime(company, request);
  expect(await sourcesOf(request, 'revoked')).toEqual(['workflow']);
  expect(company.team()).not.toContain('ana-ferreira');
}, 150_000);

describe('every process of Curfew is killed, and Temporal is stopped', () => {
  let requests: readonly RequestId[] = [];
  let end = 0 as Instant;

  beforeAll(async () => {
    const lines = ['orders-db 1m only the vendor is left', 'oncall 1m only the reaper is left'];
    const all = company.aws ? [...lines, 'orders-logs 1m only the policy is left'] : lines;
    requests = await approvedWith(company, all, 20_000);
    for (const id of requests) await company.reaches(id, 'active');
    end = Math.max(...(await Promise.all(requests.map(endOf)))) as Instant;
    await Promise.all(running.map((each) => each.kill()));
    await company.temporal.stop();
  }, 150_000);

  test('mechanism 1: the policy that IAM has allows one second before the end, and denies at the instant of the end (I3)', async () => {
    if (!company.aws) return console.warn('skipped: moto is missing');
    const [written] = await company.policies('ana');
    const endsAt = await endOf(requests[2] as RequestId);
    const second = Math.floor(endsAt / 1_000) * 1_000;
    const call = {
      action: 'logs:GetLogEvents',
      resource: 'arn:aws:logs:eu-central-1:1:log-group:/orders/web',
    };
    const isAllowed = (at: number) => allows(written?.document as Document, { ...call, at });
    expect([isAllowed(second - 1_000), isAllowed(second), isAllowed(endsAt)]).toEqual([true, false, false]);
  });

  test('mechanism 1: the role of the lease has VALID UNTIL the end (I3)', async () => {
    const [role = ''] = await company.leaseRoles();
    const [found] = await company.rows<{ until: string }>(
      `select (extract(epoch from rolvaliduntil) * 1000)::bigint::text as until from pg_roles where rolname = '${role}'`,
    );
    expect(Number(found?.until)).toBe(await endOf(requests[0] as RequestId));
  });

  test('mechanism 4: a pass before the end ends none of them', async () => {
    const { code, err } = await machine.pass(); // The server is shared with other test files, whose overdue leases it may end.
    expect([code, err]).toEqual([0, '']);
    expect(company.team()).toContain('ana-ferreira');
    const [role = ''] = await company.leaseRoles();
    expect(await company.rows(`select from pg_roles where rolname = '${role}' and rolcanlogin`)).toHaveLength(
      1,
    );
    if (company.aws) expect(await company.policies('ana')).toHaveLength(1);
  });

  test('mechanism 4: the reaper alone ends the leases of each class, with its own credentials and no other setting (F07, I3, I24)', async () => {
    for (const name of Object.keys(machine.env))
      expect(name).not.toMatch(/DATABASE_URL|TEMPORAL|SLACK|SECRET_KEY|UNDO/);
    const isGone = async () =>
      !company.team().includes('ana-ferreira') &&
      (await company.leaseRoles()).length === 0 &&
      (await company.policies('ana')).length === 0;
    const reaper = await machine.every('5s');
    await until('everything is gone', async () => (await isGone()) || undefined, 120_000);
    await reaper.kill();
    const removed = company.github.github.effects().findLast(({ after }) => after === 'none');
    const late = (removed?.at ?? Number.NaN) - (await endOf(requests[1] as RequestId));
    expect(late).toBeGreaterThanOrEqual(30_000);
    expect(late).toBeLessThan(30_000 + LATEST_MS);
    expect(Date.now()).toBeGreaterThanOrEqual(end);
  }, 180_000);

  test('the sweeper then finds everything gone, records the receipts, and calls it no drift (I22)', async () => {
    await company.up('sweeper');
    for (const id of requests) {
      expect(await company.reaches(id, 'closed')).toMatchObject({ ending: { kind: 'expired' } });
      expect(await sourcesOf(id, 'revoked')).toEqual(['sweeper']);
      const events = (await company.ledger.readTrail(id)).map(({ event }) => event);
      expect(events.map(({ kind }) => kind)).not.toContain('drifted');
      expect(events.find(({ kind }) => kind === 'revoked')).not.toHaveProperty('drift');
    }
    expect(company.team()).toEqual(['bo-lindqvist', 'cy-okafor']);
  }, 120_000);
});
