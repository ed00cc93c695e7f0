import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consoleRoutes } from '../../console/routes.tsx';
import type { RequestId } from '../../core/ids.ts';
import { openLedger } from '../../ledger/index.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { browserWith, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

let fixture: ConsoleFixture;
let hidden: RequestId;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  await fixture.requests.edit(
    'catalogue.yaml',
    'owner: person:cy\n    usual: 1m\n    longest: 8h\n    requesters: [everyone]\n    targets: [{ provider: fake, resource: other, level: write }]\n    route: { approvers: [group:owners], waits: 8h }',
    'owner: person:dee\n    usual: 1m\n    longest: 8h\n    requesters: [everyone]\n    targets: [{ provider: fake, resource: other, level: write }]\n    route: { approvers: [person:dee], waits: 8h }',
  );
  const own = await approvedWithoutWorkflow(fixture.requests);
  await granted(fixture.requests, own);
  hidden = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  await answered(fixture.requests, hidden, { kind: 'approve', by: 'ana' });
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
});
afterAll(() => fixture?.stop());
const readings = () =>
  rowsOf<{ person: string; kind: string; address: string }>(
    fixture.requests.url,
    'select person, kind, address from reading order by id',
  );
const FAR = '1970-01-01T00:00:00.000000Z/req_00000000000000000000000000';

test('a manager who may not see the story of a request gets no events of it as OCSF (T29)', async () => {
  const bo = await fixture.as('bo');
  expect((await bo.get(`/requests/${hidden}`)).status).toBe(404);
  const text = await (await bo.get(`/requests/export?q=id:${hidden}&format=ocsf`)).text();
  expect(text.trim()).toBe('');
});

test('the count of a page without rows is recorded as a reading (T29)', async () => {
  const dee = await fixture.as('dee');
  const before = (await readings()).length;
  for (const q of ['person:ana entitlement:thing state:active', 'person:cy', 'person:ana refused:yes'])
    await dee.get(`/requests?${new URLSearchParams({ q, after: FAR }).toString()}`);
  expect((await readings()).length).toBe(before + 3);
});

test('the count of findings on a page without rows is recorded as a reading (T29)', async () => {
  await asAdmin(
    async (admin) =>
      void (await admin.query(
        `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
     values ('find_m', 'access', 'fake', 'thing', 'thing', '{}', 'thing', 'm', 'm', 'write', true, '[]', 'open')`,
      )),
    fixture.requests.url,
  );
  const cy = await fixture.as('cy');
  const before = (await readings()).length;
  await cy.get('/findings/open?after=1970-01-01T00%3A00%3A00.000Z%2Fx');
  expect((await readings()).length).toBe(before + 1);
});

test('a moment before 1970 is a question like others', async () => {
  const dee = await fixture.as('dee');
  fixture.errors.length = 0;
  const said = [];
  for (const path of [
    '/access?at=999999w%20ago',
    '/findings?from=999999w%20ago',
    '/evidence/soc2/CC6.1?from=999999w%20ago',
    '/numbers?from=999999w%20ago',
    '/access?from=999999d%20ago',
  ]) {
    const { status, headers } = await dee.get(path);
    said.push([path, status, headers.get('location')]);
  }
  expect(said.map(([, status]) => Number(status) < 500)).not.toContain(false);
});

test.each(['/%5Cevil.example/x', '//evil.example/x'])(
  'the page of a failure has no link to another site: %s (T27)',
  async (path) => {
    const useSession = () => Promise.reject(new Error('x'));
    const app = consoleRoutes({ ...fixture.deps, ledger: { ...fixture.ledger, useSession } });
    const html = await (await browserWith(app, '__Host-curfew-session=x').get(path)).text();
    expect(html).not.toMatch(/href="\/[\\/]/);
  },
);
