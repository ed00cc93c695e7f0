import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import type { Call } from '../faults/http-proxy.fixture.ts';
import { stopClock } from '../ledger/database.fixture.ts';
import { allows, type Document } from '../providers/iam-evaluator.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Company, startCompany } from './company.fixture.ts';
import { addTargets, addTeams, largeRequests, resourceOf } from './many-leases.fixture.ts';
import { LATEST_MS } from './on-time.fixture.ts';
import type { Role } from './processes.fixture.ts';
import { type ReaperMachine, startReaperMachine } from './reaper.fixture.ts';
import { press, requestAccess } from './slack-steps.fixture.ts';

/** `npm run test:long` takes 200. More than 100 at GitHub cannot end in one minute by its own limits. */
const LEASES = Number(process.env['TEST_REAPER_LEASES'] ?? 20);
/** Long enough to grant everything before the end. Grants have half of GitHub's limit, and the first of them wait for each other. */
const LENGTH = process.env['TEST_REAPER_LENGTH'] ?? (LEASES > 20 ? '10m' : '2m');

let company: Company;
let machine: ReaperMachine;
let reaper: Role;
let dropRoles: (() => Promise<void>) | undefined;
let ids: readonly RequestId[] = [];
let endsAt = Number.NaN;
const running: Role[] = [];
/** The inline policies of each person when everything was killed. */
let documents: readonly Document[] = [];

/** When each access ended, in milliseconds after the end, as the vendors or the proxies before them recorded it. */
const endings = () => {
  const field = (call: Call, name: string) => new URLSearchParams(call.body).get(name) ?? '';
  const aws = (action: string) =>
    (company.aws?.proxy.passed ?? []).filter(
      (call) => call.status === 200 && field(call, 'Action') === action,
    );
  const github = company.github.github
    .effects()
    .filter(({ target, after }) => target.startsWith('lantern/many-') && after === 'none');
  // The server is shared with other test files, whose overdue leases the reaper ends too.
  const isOurs = (role: string) => ids.some((id) => role.includes(id.replace('req_', 'curfew_lease_')));
  const logins = company.pgProxy.passed.filter(
    ({ sql, earlier }) =>
      sql === 'commit' &&
      earlier.some((each) => /^alter role "curfew_lease_.* nologin/.test(each.sql) && isOurs(each.sql)),
  );
  const late = (all: readonly Readonly<{ at: number }>[]) => all.map(({ at }) => at - endsAt);
  return {
    'GitHub teams': late(github),
    'IAM policies': late(aws('DeleteUserPolicy')),
    'IAM groups': late(aws('RemoveUserFromGroup')),
    'Postgres logins': late(logins),
  };
};
const countOf = async () =>
  company.github.github
    .effects()
    .reduce(
      (sum, { target, after }) =>
        target.startsWith('lantern/many-') ? sum + (after === 'none' ? -1 : 1) : sum,
      0,
    ) +
  (await company.leaseRoles()).length +
  (await Promise.all(['ana', 'bo', 'cy'].map((each) => company.policies(each)))).flat().length;

beforeAll(async () => {
  company = await startCompany({ addToGithub: addTeams(LEASES) });
  const requests = largeRequests(LEASES, company.aws !== undefined);
  dropRoles = await addTargets(company, requests);
  machine = await startReaperMachine(company);
  const providers = ['postgres', 'github', ...(company.aws ? ['aws-iam'] : [])];
  for (const roles of [['gateway'], ['worker'], ['sweeper']]) running.push(await company.up(...roles));

  await stopClock(company.ledgerUrl, Date.now()); // All requests are approved at this moment, and end at the same one.
  const made: RequestId[] = [];
  for (const { person, entitlement, reason } of requests)
    made.push(await requestAccess(company, `${entitlement} ${LENGTH} ${reason}`, { name: person }));
  ids = made;
  for (const { approver, reason } of requests) await press(company, approver, 'approve', reason);
  const ends = await Promise.all(
    ids.map((id) => until('the end is set', async () => (await company.events(id, 'grant-started'))[0])),
  );
  endsAt = ends[0]?.endsAt ?? Number.NaN;
  expect(new Set(ends.map((each) => each.endsAt)).size).toBe(1);
  await company.shiftClock(0);
  running.push(await company.up(...providers.map((name) => `provider:${name}`)));
  for (const id of ids)
    await until(
      `${id} is active`,
      async () => (await company.state(id)).kind === 'active' || undefined,
      700_000,
    );
  reaper = await machine.every('5s');
  await until(
    'one second is left',
    async () => (await company.ledger.now()) >= endsAt - 1_000 || undefined,
    700_000,
  );
  await Promise.all(running.map((each) => each.kill()));
  await company.temporal.stop();
  documents = (await Promise.all(['ana', 'bo', 'cy'].map((each) => company.policies(each))))
    .flat()
    .map(({ document }) => document as Document);
}, 1_500_000);
afterAll(async () => {
  await reaper?.kill();
  await machine?.stop();
  await company?.stop();
  await dropRoles?.();
}, 60_000);

test(`${LEASES} leases are live, and nothing but the reaper runs when they end (F07)`, async () => {
  for (const id of ids) expect((await company.state(id)).kind).toBe('active');
});

test('IAM denies what each policy allowed from the second of the end on (I3)', () => {
  if (!company.aws) return console.warn('skipped: moto is missing');
  const second = Math.floor(endsAt / 1_000) * 1_000;
  const isAllowed = (document: Document, at: number) =>
    Array.from({ length: LEASES }, (_, number) => resourceOf(number)).some((resource) =>
      allows(document, { action: 'logs:GetLogEvents', resource, at }),
    );
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents)
    expect([isAllowed(document, second - 1_000), isAllowed(document, second)]).toEqual([true, false]);
});

test('each access is gone within a minute after its end, and none before its end (F07, I3)', async () => {
  await until('nothing is left', async () => (await countOf()) === 0 || undefined, 300_000);
  const all = endings();
  for (const [what, times] of Object.entries(all))
    console.log(
      `${what}: ${times.length} ended, from ${(Math.min(...times) / 1_000).toFixed(1)} s to ${(Math.max(...times) / 1_000).toFixed(1)} s after their end`,
    );
  const times = Object.values(all).flat();
  expect(times.length).toBeGreaterThanOrEqual(LEASES);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...times)).toBeLessThan(LATEST_MS);
}, 400_000);

test('the ledger has no record of it, because nobody of Curfew ran (F07)', async () => {
  for (const id of ids) expect(await company.events(id, 'revoke-started')).toEqual([]);
});
