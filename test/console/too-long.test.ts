import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consoleRoutes } from '../../console/routes.tsx';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { type Browser, browserWith, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

let fixture: ConsoleFixture;
let impatient: Ledger;
let browser: Browser;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  impatient = openLedger(fixture.requests.url, { role: 'console', statementTimeoutMs: 200 });
  const app = consoleRoutes({ ...fixture.deps, ledger: impatient });
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
  expect((await browser.get('/access')).status).toBe(200);
});
