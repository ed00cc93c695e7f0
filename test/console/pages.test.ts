import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { verifierKey } from '../../audit/note/vkey.ts';
import type { ConsoleDeps } from '../../console/deps.ts';
import { localText } from '../../console/parts/time.tsx';
import { consoleRoutes } from '../../console/routes.tsx';
import type { Instant, RequestId } from '../../core/ids.ts';
import { keyOf, LOG_NAME, trusted } from '../audit/log.fixture.ts';
import { publishAll } from '../audit/published.fixture.ts';
import { openLedger } from '../../ledger/index.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { firstLease } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  extended,
  extensionStarted,
  granted,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { type Browser, browserWith, type ConsoleFixture, startConsoleFixture } from './console.fixture.ts';

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
  // It was approved 42 seconds after it was opened.
  await fixture.requests.shiftClock(-42_000);
  live = await openedWithoutWorkflow(fixture.requests);
  await fixture.requests.shiftClock(0);
  await answered(fixture.requests, live, { kind: 'approve', by: 'bo' });
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

  test('shows an auditor alone what is past its end and not confirmed gone, and why', async () => {
    const lease = firstLease(live);
    const late = `Past its end and not confirmed gone ${live.slice(-8)} : ${lease} is granted`;
    await fixture.requests.shiftClock(61 * 60_000);
    try {
      const dee = await fixture.as('dee');
      expect(await dee.reads('/')).toContain(`${late}.`);
      await fixture.requests.ledger.noteLeaseFault(lease, 'the vendor does not answer');
      expect(await dee.reads('/')).toContain(`${late}: the vendor does not answer `);
      for (const person of ['ana', 'bo', 'cy']) {
        const page = await (await fixture.as(person)).reads('/');
        expect(page).toContain('The parts of Curfew');
        expect(page).not.toMatch(/Past its end|does not answer/);
      }
    } finally {
      await fixture.requests.shiftClock(0);
    }
  });

  const [logKey] = trusted;
  const newest = 'The newest checkpoint of the audit log covers';
  test.each<[string, (deps: ConsoleDeps) => Partial<ConsoleDeps>, RegExp]>([
    [
      'was signed with another key',
      () => ({ logKeys: [verifierKey(LOG_NAME, keyOf('another'))] }),
      new RegExp(
        `The parts of Curfew not verified no key that is trusted signed it\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'is not what its key signed',
      ({ ledger }) => ({
        ledger: {
          ...ledger,
          async newestCheckpoint() {
            const found = await ledger.newestCheckpoint();
            return found && { ...found, note: found.note.replace(/\n\d+\n/, '\n1\n') };
          },
        },
      }),
      new RegExp(
        `The parts of Curfew not verified its signature by ${LOG_NAME} \\(key ${logKey?.id}\\) is wrong\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'cannot be verified without a key',
      () => ({ logKeys: [] }),
      new RegExp(
        `The parts of Curfew not verified this console has no public key of the log \\(CURFEW_LOG_PUBLIC_KEYS\\)\\. ${newest} \\d+ entries`,
      ),
    ],
    [
      'is missing',
      ({ ledger }) => ({ ledger: { ...ledger, newestCheckpoint: () => Promise.resolve(undefined) } }),
      /The parts of Curfew No checkpoint of the audit log is published yet\. The state of each part/,
    ],
  ])('says of a newest checkpoint that it %s', async (_what, over, words) => {
    const app = consoleRoutes({ ...fixture.deps, ...over(fixture.deps) });
    const page = await browserWith(app, `__Host-curfew-session=${await fixture.session('ana')}`).reads('/');
    expect(page).toMatch(words);
    expect(page).not.toMatch(/[^t] verified/);
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
  test('says how each approver was verified, and how long after it could be approved', async () => {
    const approved = (account: string) =>
      new RegExp(
        `Bo approved the request\\. Digest: \\w{12}\\. ${account}\\. 4\\d s after it could be approved\\.`,
      );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(approved('The account is not known'));
    await rowsOf(
      fixture.requests.url,
      `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
       select replace(step, 'click/', ''), 'approve', request_id, via, 'lantern|bo', 'bo', '{}', at, '{"kind":"started"}'
         from event where request_id = '${live}' and kind = 'approved'`,
    );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(
      approved('With the account lantern\\|bo'),
    );
  });
  test('says what was there before, what the provider showed after, and who enforces the end', async () => {
    const page = await browser('dee').reads(`/requests/${live}`);
    expect(page).toMatch(
      /What was requested, exactly write access to thing \(simulated\) .*fake:write on thing Curfew ends it\. It revokes the access at the end/,
    );
    expect(page).toMatch(
      /Curfew starts to grant “write” to the account “fake-[-\w]+”, which had “none” before\. Lease: lease_\w+_0\./,
    );
    expect(page).toMatch(/Granted\. The provider shows now: ana has write on thing \. Lease: lease_\w+_0\./);
  });
  test('says what was done with the access, with how much, and from where that is known', async () => {
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(/fake not known nobody has read it yet/);
    await rowsOf(
      fixture.requests.url,
      `insert into use_reading (lease_id, read_at, source, kind, amount, unit, first_at, last_at, covered_from, covered_until)
       values ('${firstLease(live)}', ledger_now(), 'the log of the vendor', 'known', 37, 'rows', '2026-11-01T10:00Z', '2026-11-01T11:30:05Z',
               '2026-11-01T09:00Z', ledger_now())`,
    );
    expect(await browser('dee').reads(`/requests/${live}`)).toMatch(
      /What was done with it .* fake used 2026-11-01 10:00:00 2026-11-01 11:30:05 37 rows the log of the vendor/,
    );
  });
  test('gives its proofs as files that are named after it', async () => {
    for (const [path, name] of [
      [`/requests/${live}/proofs`, `${live}.proofs.jsonl`],
      [`/requests/${live}/proofs/2`, `${live}-2.proofs.jsonl`],
    ] as const) {
      const { status, headers } = await browser('dee').get(path);
      expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
        200,
        'application/x-ndjson; charset=utf-8',
        `attachment; filename="${name}"`,
      ]);
    }
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
