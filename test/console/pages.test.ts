import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { localText } from '../../console/parts/time.tsx';
import type { Instant, RequestId } from '../../core/ids.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { openLedger } from '../../ledger/index.ts';
import {
  approvedWithoutWorkflow,
  extended,
  extensionStarted,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { type Browser, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

let fixture: ConsoleFixture;
let live: RequestId;
let pending: RequestId;
const people: Record<string, Browser> = {};
const browser = (person: string): Browser => {
  const known = people[person];
  if (!known) throw new Error(`${person} is not signed in`);
  return known;
};

beforeAll(async () => {
  fixture = await startConsoleFixture();
  live = await approvedWithoutWorkflow(fixture.requests);
  await granted(fixture.requests, live);
  pending = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
  for (const person of ['ana', 'bo', 'cy', 'dee']) people[person] = await fixture.as(person);
});
afterAll(() => fixture?.stop());

describe('Now', () => {
  test('shows an auditor what is live, what waits and for whom, and the newest checkpoint', async () => {
    const page = await browser('dee').reads('/');
    expect(page).toMatch(/Live access \(1\).*Ana The thing active/);
    expect(page).toMatch(/Waiting for an answer \(1\).*Ana Another thing the access Bo , Cy/);
    expect(page).toMatch(/verified The newest checkpoint of the audit log covers \d+ entries/);
  });
  test('shows a person what is their own', async () => {
    expect(await browser('ana').reads('/')).toContain('Live access (1)');
  });
});

describe('Access', () => {
  test('says who has an entitlement, since when, until when, and who approved it', async () => {
    const page = await browser('dee').reads('/access?entitlement=thing');
    expect(page).toMatch(/Who had The thing/);
    expect(page).toMatch(/Ana The thing write fake .* still held .* (A|B|C) (Bo|Cy)/);
    expect(fixture.errors).toEqual([]);
  });
});

test.each([
  ['ana', /What you had, over time.*End all of your access…/, /What you may request/, /What they|of them/],
  ['dee', /What they had, over time.*End everything of them…/, /What they may request/, /What you/],
])('the page of Ana speaks to %s', async (person, first, second, absent) => {
  const page = await browser(person).reads('/people/ana');
  expect([first.test(page), second.test(page), absent.test(page)]).toEqual([true, true, false]);
});

describe('A request', () => {
  test('tells its story with the place of each event in the log', async () => {
    const page = await browser('dee').reads(`/requests/${live}`);
    expect(page).toMatch(/approved the request/);
    expect(page).toMatch(/Entry \d+ of the audit log\. Proof/);
  });
  test('says that times of a provider are in UTC, to a reader in another zone', async () => {
    expect(await browser('ana').reads(`/requests/${live}`)).toContain(
      'A time in it that ends with Z is in UTC.',
    );
  });
  test('that the reader may not see is not there', async () => {
    const page = await browser('dee').get(`/requests/${pending}x`);
    expect(page.status).toBe(404);
  });
});

test('while the policy files cannot be read, pages say so, and not that nothing may be requested', async () => {
  const before = await browser('ana').reads('/entitlements/thing');
  expect(before).toContain('You may request it.');
  const restore = await fixture.requests.edit('catalogue.yaml', 'security:', 'nonsense:');
  try {
    expect(await browser('ana').reads('/entitlements/thing')).toMatch(
      /The policy files cannot be read now, so nobody can request it/,
    );
    expect(await browser('ana').reads('/people/ana')).toMatch(
      /The policy files cannot be read now, so nobody can request anything/,
    );
  } finally {
    await restore();
  }
});

describe('the page of an entitlement', () => {
  test('names for everybody who may request it who could approve it, and never themselves', async () => {
    const page = await browser('dee').reads('/entitlements/thing');
    expect(page).toMatch(/who could approve it for them \(5\)/);
    expect(page).toMatch(/Ana Bo , Cy/);
    expect(page).toMatch(/Bo Cy/);
  });

  test('names fifty people who may request it on a page', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `  - { id: many-${at}, name: Many ${at} }`).join('\n');
    const restore = await fixture.requests.edit('people.yaml', 'people:\n', `people:\n${many}\n`);
    try {
      const first = await browser('dee').reads('/entitlements/thing');
      expect(first).toMatch(/\(65\).*Many 0 .*Many 49 .*Following people/);
      expect(first).not.toMatch(/Many 50 |Preceding people/);
      const second = await browser('dee').reads('/entitlements/thing?from=50');
      expect(second).toMatch(/Many 50 .*Many 59 .*Ana .*Preceding people/);
      expect(second).not.toMatch(/Many 49 |Following people/);
    } finally {
      await restore();
    }
  });
});

test('what somebody may request, and what uses a provider, is on pages of twenty-five', async () => {
  const many = Array.from(
    { length: 30 },
    (_, at) =>
      `  - { id: many-${at}, title: Many ${at}, owner: person:cy, class: public, usual: 1h, longest: 8h, requesters: [everyone], targets: [{ provider: fake, resource: thing, level: write }], route: { approvers: [group:owners], waits: 8h } }`,
  ).join('\n');
  const restore = await fixture.requests.edit(
    'catalogue.yaml',
    'entitlements:\n',
    `entitlements:\n${many}\n`,
  );
  try {
    const dee = browser('dee');
    for (const [first, second] of [
      ['/people/ana', '/people/ana?from=25'],
      ['/providers/fake', '/providers/fake?entitlements=25'],
    ] as const) {
      const page = await dee.reads(first);
      expect(page).toMatch(/\(1 to 25 of \d\d\).*Many 0 .*Many 24 .*Following entitlements/);
      expect(page).not.toMatch(/Many 25 |Preceding entitlements/);
      const next = await dee.reads(second);
      expect(next).toMatch(/\(26 to \d\d of \d\d\).*Many 25 .*Many 29 .*Preceding entitlements/);
      expect(next).not.toMatch(/Many 24 |Following entitlements/);
    }
    expect(await dee.reads('/people/ana?from=nonsense')).toMatch(/\(1 to 25 of/);
  } finally {
    await restore();
  }
});

test('at a moment, access has the end that was approved then, and to when it was extended later', async () => {
  const request = await approvedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
  await granted(fixture.requests, request);
  const before = new Date(await fixture.ledger.now()).toISOString();
  await extensionStarted(fixture.requests, request);
  await extended(fixture.requests, request);
  const state = await fixture.requests.state(request);
  if (state.kind !== 'active') throw new Error('it is not active');
  const ends = [state.endsAt - 30 * 60_000, state.endsAt].map((at) =>
    localText(at as Instant, 'Europe/Lisbon', true),
  );
  const rowOf = (page: string): string =>
    page.split(/(?=Ana Another thing write)/).find((row) => row.includes(request.slice(-8))) ?? '';
  const dee = browser('dee');
  expect(rowOf(await dee.reads(`/access?entitlement=other&at=${before}`))).toContain(
    `still held ${ends[0]} extended later to ${ends[1]} `,
  );
  expect(rowOf(await dee.reads('/access?entitlement=other'))).toContain(`still held ${ends[1]} `);
});
