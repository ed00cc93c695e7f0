import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { heldRolesIn } from '../../app/curfew-roles.ts';
import { consoleRoutes } from '../../console/routes.tsx';
import type { RequestId } from '../../core/ids.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { withCurfewRoles } from '../requests/curfew-roles.fixture.ts';
import { answered, approvedWithoutWorkflow, granted } from '../requests/steps.fixture.ts';
import { type Browser, browserWith, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

// The console with the rights of its own role of the database. Ana is auditor by a lease, Dee by the catalogue (T40).

const MINUTE = 60_000;

let fixture: ConsoleFixture;
let requests: Awaited<ReturnType<typeof withCurfewRoles>>;
let ana: Browser;
let dee: Browser;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  requests = await withCurfewRoles(fixture.requests);
  const policy = requests.policy.withRoles(heldRolesIn(fixture.ledger));
  const app = consoleRoutes({ ...fixture.deps, policy });
  const signedIn = async (person: string) =>
    browserWith(app, `__Host-curfew-session=${await fixture.session(person)}`);
  [ana, dee] = [await signedIn('ana'), await signedIn('dee')];
});
afterAll(() => fixture?.stop());

/** Grants Ana a role for ten minutes, with the approval of Dee. */
async function holding(role: 'auditor' | 'security'): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(requests, { entitlement: `curfew-${role}`, length: '10m' }, [
    'dee',
  ]);
  await granted(requests, request);
  return request;
}

const statusOf = async (browser: Browser, ...paths: readonly string[]) =>
  Promise.all(paths.map(async (path) => (await browser.get(path)).status));

const ROLE = /Roles of Curfew auditor, until [\d-]+ [\d:]+.*? by \S*\w{6}/;

test('an auditor for ten minutes sees what an auditor sees, and nothing of it after the end', async () => {
  const pages = ['/numbers', '/evidence', '/people/cy', '/access'] as const;
  const before = await statusOf(ana, ...pages);
  expect(before.every((status) => status >= 400)).toBe(true);
  expect(await ana.reads('/people/ana')).not.toContain('Roles of Curfew');

  await holding('auditor');
  expect(await statusOf(ana, ...pages)).toEqual([200, 200, 200, 200]);
  expect(await ana.reads('/people/ana')).toMatch(ROLE);
  expect(await dee.reads('/people/ana')).toMatch(ROLE);
  expect(
    await rowsOf(requests.url, `select person, address from reading where address = '/people/cy'`),
  ).toEqual([{ person: 'ana', address: '/people/cy' }]);

  await requests.shiftClock(10 * MINUTE + 1_000); // Nothing runs, and nothing revoked the lease.
  expect(await statusOf(ana, ...pages)).toEqual(before);
  expect(await ana.reads('/people/ana')).not.toContain('Roles of Curfew');
  await requests.shiftClock(0);
});

test('a security person for ten minutes may end everything of somebody, until they end their own role', async () => {
  expect(await statusOf(ana, '/people/cy/end')).toEqual([404]);
  const request = await holding('security');
  expect(await statusOf(ana, '/people/cy/end')).toEqual([200]);
  await answered(requests, request, { kind: 'end', by: 'ana' });
  expect(await statusOf(ana, '/people/cy/end')).toEqual([404]);
});

test('who has a role by the catalogue reads that it is permanent', async () =>
  expect(await dee.reads('/people/dee')).toContain(
    'Roles of Curfew auditor, permanently by catalogue.yaml security, permanently by catalogue.yaml',
  ));
