import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
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
  revoked,
} from '../requests/steps.fixture.ts';
import {
  type Browser,
  type ConsoleFixture,
  startConsoleFixture,
  textOf,
  unescaped,
} from './console.fixture.ts';

const MANY = 60;

let fixture: ConsoleFixture;
let dee: Browser;
let over: RequestId;
beforeAll(async () => {
  fixture = await startConsoleFixture();
  over = await approvedWithoutWorkflow(fixture.requests);
  await granted(fixture.requests, over);
  await answered(fixture.requests, over, { kind: 'end', by: 'ana' });
  await revoked(fixture.requests, over);
  for (let made = 0; made < MANY; made += 1) {
    const request = await openedWithoutWorkflow(fixture.requests, { entitlement: 'other' });
    await answered(fixture.requests, request, { kind: 'withdraw', by: 'ana' });
  }
  await openedWithoutWorkflow(fixture.requests);
  const owner = openLedger(fixture.requests.url);
  await publishAll(owner);
  await owner.close();
  dee = await fixture.as('dee');
});
afterAll(() => fixture?.stop());

const idsIn = (html: string): readonly string[] => [
  ...new Set([...html.matchAll(/href="\/requests\/(req_[0-9a-z]{26})"/g)].map(([, id]) => id ?? '')),
];
const hrefOf = (html: string, name: string): string =>
  unescaped(new RegExp(`href="([^"]*)"[^>]*>\\s*${name}`).exec(html)?.[1] ?? '');

describe('words that somebody typed are not in the log, which keeps everything:', () => {
  const addressAfter = async (path: string): Promise<string> => {
    await dee.reads(path);
    const [last] = await rowsOf<{ address: string }>(
      fixture.requests.url,
      'select address from reading order by id desc limit 1',
    );
    return last?.address ?? '';
  };

  test.each([
    [
      'a search that finds nothing',
      '/requests?q=person%3Athief-and-liar+entitlement%3Aother',
      '/requests?q=person%3Aunknown+entitlement%3Aother',
    ],
    ['the end of an id that no request has', '/requests?q=id%3Athankspam', '/requests?q=id%3Aunknown'],
    [
      'an export of it',
      '/requests/export?q=approver%3Athief-and-liar&format=csv',
      '/requests/export?q=approver%3Aunknown&format=csv',
    ],
    [
      'the place of a row',
      '/findings/drift?after=2020-01-01T00:00:00.000000Z/thief-and-liar',
      '/findings/drift?after=2020-01-01T00%3A00%3A00.000000Z',
    ],
  ])('%s', async (_what, path, address) => expect(await addressAfter(path)).toBe(address));

  test('but what was found is, also when the policy files do not have it any more', async () => {
    const restore = await fixture.requests.edit(
      'people.yaml',
      'id: ana, name: Ana,',
      'id: gone, name: Gone,',
    );
    expect(await addressAfter('/requests?q=person%3Aana')).toBe('/requests?q=person%3Aana');
    await restore();
  });
});

describe('the list of requests', () => {
  test('a search that finds nothing says what the policy files do not have, and what was perhaps meant', async () => {
    const page = await dee.reads('/requests?q=person%3Aanna+entitlement%3Athings');
    expect(page).toMatch(/The policy files have no person “anna”\. Did you mean person:ana ?\?/);
    expect(page).toMatch(
      /The policy files have no entitlement “things”\. Did you mean entitlement:thing ?\?/,
    );
    const others = await (await fixture.as('bo')).reads('/requests?q=person%3Aanna+entitlement%3Athings');
    expect(others).toMatch(/no entitlement “things”/);
    expect(others).not.toMatch(/no person/);
  });

  test.each([
    ['/requests?q=ana', '/requests?q=person%3Aana'],
    ['/requests?q=state:closed%20ana', '/requests?q=person%3Aana+state%3Aclosed'],
    ['/requests?q=', '/requests'],
    ['/requests?after=nonsense', '/requests'],
    ['/requests?after=9999-99-99T99:99:99.999999Z/req_00000000000000000000000000', '/requests'],
  ])('%s has the address %s', async (typed, address) => {
    const answer = await dee.get(typed);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, address]);
  });

  test('finds by every key, and says how many there are', async () => {
    const found = async (search: string) =>
      /(\d+) requests?/.exec(await dee.reads(`/requests?q=${encodeURIComponent(search)}`))?.[1];
    expect(await found('')).toBe(String(MANY + 2));
    expect(await found('entitlement:other')).toBe(String(MANY));
    expect(await found('state:pending')).toBe('1');
    expect(await found('ending:ended')).toBe('1');
    expect(await found('approver:bo provider:fake')).toBe('1');
    expect(await found(`${over.slice(-8)}`)).toBe('1');
    expect(await found('person:cy')).toBe('0');
    expect(await found('since:1d')).toBe(String(MANY + 2));
  });

  test('has pages of 50 in both directions, without a loss and without a duplicate', async () => {
    const first = await (await dee.get('/requests')).text();
    const second = await (await dee.get(hrefOf(first, 'Older requests'))).text();
    expect([idsIn(first).length, idsIn(second).length]).toEqual([50, MANY + 2 - 50]);
    expect(new Set([...idsIn(first), ...idsIn(second)]).size).toBe(MANY + 2);
    const back = await (await dee.get(hrefOf(second, 'Newer requests'))).text();
    expect(idsIn(back)).toEqual(idsIn(first));
    expect(hrefOf(second, 'Older requests')).toBe('');
  });

  test('names the word of a mistake, and what was perhaps meant', async () => {
    const answer = await dee.get('/requests?q=stat%3Aclosed');
    const page = textOf(await answer.text());
    expect(answer.status).toBe(400);
    expect(page).toContain('The search cannot be read. At character 1: there is no key "stat".');
    expect(page).toContain('Did you mean state:closed?');
  });

  test.each([
    ['dee', 'state:a', ['state:active']],
    ['dee', 'refused:yes person:b', ['refused:yes person:bo']],
    ['cy', 'person:b', []],
    ['cy', 'ent', ['entitlement:']],
  ])('suggests to %s after %j what they can search', async (person, typed, lines) => {
    const answer = await (await fixture.as(person)).get(`/suggestions?q=${encodeURIComponent(typed)}`);
    const options = (await answer.json()) as readonly Readonly<{ text: string }>[];
    expect(options.map(({ text }) => text)).toEqual(lines);
  });

  test('has the SQL that gives the same, which an auditor can run', async () => {
    const html = await (await dee.get('/requests?q=entitlement%3Aother+state%3Aclosed')).text();
    const sql = unescaped(/<code>(select \* from audit\.request[^]*?)<\/code>/.exec(html)?.[1] ?? '');
    let found: readonly unknown[] = [];
    await asAdmin(async (session) => {
      await session.query('set role curfew_auditor');
      found = (await session.query(sql)).rows;
    }, fixture.requests.url);
    expect(found).toHaveLength(MANY);
  });
});

/** Searches as conditions on the table of requests. */
const SEARCHES: readonly (readonly [search: string, sql: string, count: number])[] = [
  ['entitlement:thing', `entitlement = 'thing'`, 2],
  ['entitlement:thing state:pending', `entitlement = 'thing' and state = 'pending'`, 1],
  ['entitlement:other', `entitlement = 'other'`, MANY],
  ['person:cy', 'false', 0],
];

describe('a download of what is found', () => {
  const lines = async (search: string, format: string): Promise<readonly string[]> => {
    const answer = await dee.get(`/requests/export?${new URLSearchParams({ q: search, format }).toString()}`);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
      200,
      expect.stringMatching(/^attachment; filename="requests\./),
    ]);
    return (await answer.text()).trimEnd().split('\n');
  };

  test('has each request once, as CSV and as JSONL, also those of later pages', async () => {
    const [csv, jsonl] = [await lines('person:ana', 'csv'), await lines('person:ana', 'jsonl')];
    expect(csv[0]).toBe(
      'at,id,person,entitlement,minutes,providers,classes,state,ending,approved_by,refusals,ends_at,closed_at,digest',
    );
    expect(csv).toHaveLength(MANY + 3);
    const ids = jsonl.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(new Set(ids).size).toBe(MANY + 2);
    expect(csv.slice(1).map((line) => line.split(',')[1])).toEqual(ids);
  });

  test.each(['csv', 'jsonl', 'ocsf'])(
    'has as %s the requests of the search, and no other',
    async (format) => {
      for (const [search, sql, count] of SEARCHES) {
        const found = new Set(
          (await lines(search, format)).flatMap((line) => /req_[0-9a-z]{26}/.exec(line)?.[0] ?? []),
        );
        const rows = await rowsOf<{ id: string }>(
          fixture.requests.url,
          `select id from request where ${sql}`,
        );
        expect([search, found]).toEqual([search, new Set(rows.map(({ id }) => id))]);
        expect([search, found.size]).toEqual([search, count]);
      }
    },
  );

  test('has each event of them as OCSF', async () => {
    const records = (await lines(over.slice(-8), 'ocsf')).map(
      (line) => JSON.parse(line) as { class_uid: number; metadata: { uid: string } },
    );
    const [{ count } = { count: 0 }] = await rowsOf<{ count: number }>(
      fixture.requests.url,
      `select count(*)::integer as count from event where request_id = '${over}'`,
    );
    expect(records).toHaveLength(count);
    expect(records.every(({ class_uid: uid }) => [3004, 3005, 3006].includes(uid))).toBe(true);
  });

  test('is recorded', async () => {
    await lines('person:ana', 'csv');
    const rows = await rowsOf(
      fixture.requests.url,
      `select person, kind, address from reading where kind = 'export' order by id desc limit 1`,
    );
    expect(rows).toEqual([
      { person: 'dee', kind: 'export', address: '/requests/export?q=person%3Aana&format=csv' },
    ]);
  });

  test('has only what the reader may see', async () => {
    const answer = await (await fixture.as('cy')).get('/requests/export?q=&format=jsonl');
    const seen = (await answer.text()).trimEnd().split('\n').length;
    const html = await (await fixture.as('cy')).reads('/requests');
    expect(html).toContain(`${seen} requests`);
  });

  describe.each(['csv', 'jsonl', 'ocsf'])('as %s is cut off', (format) => {
    /** Reads a line, lets something happen, and reads on. Returns how many lines came, and why no more did. */
    async function readWhile(happens: (reader: Browser) => Promise<unknown>) {
      const reader = await fixture.as('dee');
      const path = `/requests/export?q=&format=${format}`;
      const whole = (await (await reader.get(path)).text()).trimEnd().split('\n').length;
      const answer = await reader.get(path);
      const body = answer.body?.getReader();
      await body?.read();
      await happens(reader);
      for (let lines = 1; ; lines += 1) {
        const read = await body?.read().catch((error: unknown) => String(error));
        if (typeof read === 'string' || read?.done !== false) return [lines < whole, read];
      }
    }
    const CUT_OFF = [true, expect.stringContaining('the rights of its reader changed')];
    afterEach(() => expect(fixture.errors.splice(0)).toHaveLength(1));

    test('when a role of its reader ends', async () => {
      let restore: (() => Promise<void>) | undefined;
      const ended = await readWhile(async () => {
        restore = await fixture.requests.edit(
          'catalogue.yaml',
          'auditors: [person:dee]',
          'auditors: [person:bo]',
        );
      });
      await restore?.();
      expect(ended).toEqual(CUT_OFF);
    });

    test('when its reader signs out', async () => {
      expect(await readWhile((reader) => reader.post('/sign-out', {}))).toEqual(CUT_OFF);
    });
  });

  test.each(['', 'xml', 'constructor'])('of the format %j is not there', async (format) =>
    expect((await dee.get(`/requests/export?q=&format=${format}`)).status).toBe(404),
  );
});
