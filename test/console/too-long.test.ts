import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consoleRoutes } from '../../console/routes.tsx';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { PERSON_LIMITS } from '../../core/person-limits.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import {
  type Browser,
  browserWith,
  type ConsoleFixture,
  startConsoleFixture,
  textOf,
} from './console.fixture.ts';

let fixture: ConsoleFixture;
let impatient: Ledger;
let browser: Browser;
const errors: unknown[] = [];
beforeAll(async () => {
  fixture = await startConsoleFixture();
  impatient = openLedger(fixture.requests.url, { role: 'console', statementTimeoutMs: 200 });
  const app = consoleRoutes({
    ...fixture.deps,
    ledger: impatient,
    report: (error) => void errors.push(error),
  });
  browser = browserWith(app, `__Host-curfew-session=${await fixture.session('dee')}`);
});
afterAll(async () => {
  await impatient?.close();
  await fixture?.stop();
});

test('a statement of a page that takes too long is ended, and the page says what can be asked instead', async () => {
  await asAdmin(async (owner) => {
    await owner.query('begin; lock table access_period in access exclusive mode');
    const response = await browser.get('/access');
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain('This question takes too long');
    expect(text).toContain('a shorter time, one person or one entitlement');
    expect(text).toContain('<a href="/access">');
  }, fixture.requests.url);
  expect((await (await fixture.as('dee')).get('/access')).status).toBe(200);
  expect(errors.map(String)).toEqual([
    expect.stringContaining('canceling statement due to statement timeout'),
  ]);
});

test('a form whose statement takes too long says that it may have been received', async () => {
  await asAdmin(async (owner) => {
    await owner.query('begin; lock table click in access exclusive mode');
    const scope = { reason: 'a stolen laptop' };
    const response = await browser.post('/people/ana/end', scope);
    const text = await response.text();
    expect([response.status, text]).toEqual([
      503,
      expect.stringContaining('What you sent may have been received.'),
    ]);
    expect(text).not.toContain('This question takes too long');
  }, fixture.requests.url);
});

test('a page that waits for a lock says that the ledger does not answer, and the operator reads why', async () => {
  const before = fixture.errors.length;
  await asAdmin(async (owner) => {
    await owner.query('begin; lock table access_period in access exclusive mode');
    const response = await (await fixture.as('dee')).get('/access');
    expect([response.status, await response.text()]).toEqual([
      503,
      expect.stringContaining('The ledger does not answer'),
    ]);
  }, fixture.requests.url);
  expect(fixture.errors.slice(before)).toMatchObject([{ code: 'ledger-unavailable' }]);
});

test('above the limit of one person a form says so and stores nothing, and the operator reads no error', async () => {
  const before = fixture.errors.length;
  const [{ most }, dee] = [PERSON_LIMITS['open-review'], await fixture.as('dee')];
  await rowsOf(
    fixture.requests.url,
    `insert into attempt_count (who, kind, count) values ('dee', 'open-review', ${most}) returning who`,
  );
  const response = await dee.post('/reviews', {
    ...{ title: 'x', scope: '', from: '1d ago', to: 'now', sample: '', days: '14' },
  });
  expect([response.status, textOf(await response.text())]).toEqual([
    429,
    expect.stringMatching(/You did this too often .*This was done \d+ times within 1 h/),
  ]);
  expect(fixture.errors).toHaveLength(before);
});
