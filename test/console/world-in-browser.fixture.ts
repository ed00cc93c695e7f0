import type { Browser, Page } from 'playwright-core';
import type { RequestId } from '../../core/ids.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { openLedger } from '../../ledger/index.ts';
import { openBrowser } from '../../sandbox/test/browser/chromium.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { reviewOpened } from '../requests/reviews.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
  revoked,
} from '../requests/steps.fixture.ts';
import { type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';
import { serve } from './in-browser.fixture.ts';

const FOUND = [
  `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
   values ('find_01m0000000000000000000000a', 'access', 'fake', 'thing', 'thing', '{}', 'the thing', 'mallory', 'mallory', 'write', true, '[]', 'open')`,
  `insert into mass_ending (id, scope, made_by, needs) values ('end_01m0000000000000000000000a', '{"kind":"person","person":"zed"}', 'dee', 2)`,
  `insert into target_pass (provider, target_key, target_name, spec, entitlements, problem)
   values ('fake', 'thing', 'thing', '{}', '{thing}', 'the vendor does not answer')`,
];

/** A public key of the log, which has no place to break. */
export const KEY = `curfew.example.com/log+${'0'.repeat(8)}+${'A'.repeat(120)}`;

type Opened = Parameters<Browser['newContext']>[0] & Readonly<{ person?: string }>;

/** A console with something on each page, and a browser. */
export type InBrowser = Readonly<{
  fixture: ConsoleFixture;
  /** Ana's live access, and her request that waits. */
  request: RequestId;
  pending: RequestId;
  review: ReviewId;
  /** What the browsers reported since this was looked at last. */
  errors: string[];
  /** A page of somebody, of the auditor without a name, in a browser that reports what the page's own policy refused. */
  opened(path: string, options?: Opened): Promise<Page>;
  stop(): Promise<void>;
}>;

export async function startInBrowser(): Promise<InBrowser> {
  const fixture = await startConsoleFixture({
    health: () => Promise.resolve([{ part: 'log', state: 'ok', what: `The key is ${KEY}.` }]),
  });
  const { requests } = fixture;
  const before = await approvedWithoutWorkflow(requests, { reason: 'a reason in العربية and 日本語' });
  await granted(requests, before);
  await answered(requests, before, { kind: 'end', by: 'ana' });
  await revoked(requests, before);
  const request = await approvedWithoutWorkflow(requests);
  await granted(requests, request);
  const pending = await openedWithoutWorkflow(requests, { entitlement: 'other' });
  await asAdmin(async (admin) => {
    for (const sql of FOUND) await admin.query(sql);
  }, requests.url);
  const review = (await reviewOpened(requests)).id;
  const owner = openLedger(requests.url);
  await publishAll(owner);
  await owner.close();
  const served = await serve(fixture);
  const browser = await openBrowser();
  const errors: string[] = [];
  return {
    ...{ fixture, request, pending, review, errors },
    async opened(path, { person = 'dee', ...options } = {}) {
      const page = await (await served.as(browser, person, options)).newPage();
      page.on('console', (message) => {
        // The browser says of a page with an error status that it failed to load. That is not an error of the page.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
          errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`${served.origin}${path}`);
      return page;
    },
    async stop() {
      await browser.close();
      await served.stop();
      await fixture.stop();
    },
  };
}
