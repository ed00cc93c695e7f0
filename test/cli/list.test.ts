import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listCommand } from '../../cli/commands/list.ts';
import type { Minutes, RequestId } from '../../core/ids.ts';
import { bo } from '../core/request/request.fixture.ts';
import {
  approvedIn,
  end,
  grantedIn,
  newRequest,
  opening,
  revokedIn,
  rowsOf,
} from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

let folder: Folder;
let pending: RequestId, active: RequestId, closed: RequestId;
beforeAll(async () => {
  folder = await openFolder();
  const { ledger } = folder;
  closed = await grantedIn(ledger);
  await revokedIn(ledger, closed);
  active = await grantedIn(ledger);
  pending = newRequest();
  const details = { ...opening(pending).details, requester: bo, minutes: 1590 as Minutes };
  await ledger.open(opening(pending, { details }));
  // Fixed times, so that the tests can say exactly what is printed.
  for (const [id, column, time] of [
    [pending, 'opened_at', '2026-03-29T00:30:00.5Z'],
    [pending, 'lapses_at', '2026-03-29T01:30:07.999Z'],
    [active, 'ends_at', '2026-12-31T23:59:59Z'],
    [active, 'opened_at', '2026-12-31T20:00:00Z'],
    [active, 'lapses_at', '2026-12-31T21:00:00Z'],
    [closed, 'opened_at', '2025-12-31T20:00:00Z'],
    [closed, 'lapses_at', '2025-12-31T21:00:00Z'],
    [closed, 'ends_at', '2025-12-31T22:00:00Z'],
    [closed, 'closed_at', '2026-01-01T00:00:00Z'],
  ])
    await rowsOf(folder.url, `update request set ${column} = '${time}' where id = '${id}'`);
});
afterAll(() => folder?.stop());

const list = (...args: readonly string[]) => folder.run(listCommand(), ...args);
const short = (id: RequestId) => id.slice(-8);

describe('curfew list, for people', () => {
  test('shows the open requests, newest first, with their times in UTC', async () => {
    expect(await list()).toEqual({
      code: 0,
      err: '',
      out: [
        'REQUEST   WHO  WHAT       LENGTH            STATE    UNTIL',
        `${short(pending)}  bo   orders-db  1 day 2 h 30 min  pending  lapses 2026-03-29 01:30:07Z`,
        `${short(active)}  ana  orders-db  1 h               active   ends 2026-12-31 23:59:59Z`,
        '',
      ].join('\n'),
    });
  });

  test.each<[string, readonly string[], () => readonly RequestId[]]>([
    ['--all also shows closed ones', ['--all'], () => [pending, active, closed]],
    ['--state shows only that state', ['--state', 'closed'], () => [closed]],
    ['--state wins over --all', ['--all', '--state', 'active'], () => [active]],
    ['--person shows the requests of that person', ['--person', 'bo'], () => [pending]],
    ['--waiting-for shows what waits for that person', ['--waiting-for', 'cy'], () => [pending]],
    ['--waiting-for has no request of that person', ['--waiting-for', 'bo'], () => []],
    ['--limit shows the newest', ['--limit', '1'], () => [pending]],
    ['two options narrow the list together', ['--person', 'bo', '--waiting-for', 'cy'], () => [pending]],
    ['what one of two options excludes is not shown', ['-p', 'ana', '-w', 'cy'], () => []],
  ])('%s', async (_what, args, expected) => {
    const { code, out } = await list(...args);
    const shown = [...out.matchAll(/^([0-9a-z]{8}) {2}/gm)].map(([, id]) => id);
    expect([code, shown]).toEqual([0, expected().map(short)]);
  });

  test.each<[string, readonly string[], () => readonly RequestId[]]>([
    ['-a', ['-a'], () => [pending, active, closed]],
    ['-s', ['-s', 'active'], () => [active]],
    ['-p', ['-p', 'bo'], () => [pending]],
    ['-w', ['-w', 'cy'], () => [pending]],
    ['-n', ['-n', '1'], () => [pending]],
  ])('%s is the short form of an option', async (_what, args, expected) => {
    const rows = JSON.parse((await list(...args, '-o', 'json')).out) as readonly { id: RequestId }[];
    expect(rows.map(({ id }) => id)).toEqual(expected());
  });

  test.each<[string, readonly string[], number, string]>([
    ['--person who is nobody', ['--person', 'bob'], 3, 'no person "bob" in people.yaml. Did you mean "bo"?'],
    ['--waiting-for nobody', ['--waiting-for', 'zedd'], 3, 'no person "zedd" in people.yaml.'],
    ['the second of two people', ['-p', 'sam', '-w', 'zedd'], 3, 'no person "zedd" in people.yaml.'],
    ['--person who has no request', ['--person', 'sam'], 0, ''],
    ['--waiting-for a person for whom none waits', ['--waiting-for', 'sam'], 0, ''],
  ])('an empty list tells whether the person exists: %s', async (_what, args, code, words) => {
    expect(await list(...args)).toMatchObject({ code, err: expect.stringContaining(words) });
  });

  test('while the policy cannot be read, an empty list is no error, also of a person who does not exist', async () => {
    const restore = await folder.breakPolicy();
    try {
      expect(await list('--person', 'zedd')).toMatchObject({ code: 0, err: '' });
    } finally {
      await restore();
    }
  });

  test('the requests of a person who is no longer in people.yaml are listed', async () => {
    await rowsOf(folder.url, `update request set requester = 'left' where id = $1`, [active]);
    try {
      expect((await list('--person', 'left')).out).toMatch(new RegExp(`\\n${short(active)} {2}left `));
    } finally {
      await rowsOf(folder.url, `update request set requester = 'ana' where id = $1`, [active]);
    }
  });

  test('a list has at most fifty requests, unless --limit says otherwise', () => {
    expect(listCommand().opts()).toMatchObject({ limit: 50 });
  });

  test('a closed request shows when it was closed', async () => {
    expect((await list('--state', 'closed')).out).toMatch(/ closed {2}closed 2026-01-01 00:00:00Z\n$/);
  });

  test('an empty list says how to request access, and is no error', async () => {
    expect(await list('--state', 'granting')).toEqual({
      code: 0,
      out: 'No requests. Request access with /access in Slack, or with "curfew request".\n',
      err: '',
    });
  });

  test('a full page ends with the command for the next one, and that command shows the rest', async () => {
    const first = await list('--all', '--limit', '2');
    const next = /\nMore: curfew list (.+)\n$/.exec(first.out)?.[1]?.split(' ') ?? [];
    expect(next).toEqual(['--all', '--limit', '2', '--before', active]);
    const second = await list(...next);
    expect(second.out).toContain(short(closed));
    expect(second.out).not.toContain(short(active));
    expect(second.out).not.toContain('More:');
  });
});

test.each<[string, readonly string[], () => readonly RequestId[]]>([
  ['without an option', ['--before'], () => [active]],
  ['of a person', ['--person', 'bo', '--before'], () => []],
  ['in a state', ['--state', 'closed', '--before'], () => [closed]],
])('--before goes on after that request also in a list %s', async (_what, args, expected) => {
  const rows = JSON.parse((await list('-o', 'json', ...args, pending)).out) as readonly { id: RequestId }[];
  expect(rows.map(({ id }) => id)).toEqual(expected());
});

test('a full page of one state has the command for the next one too', async () => {
  const { out } = await list('--state', 'active', '--limit', '1');
  expect(out).toMatch(new RegExp(`\\nMore: curfew list --state active --limit 1 --before ${active}\\n$`));
});

test.each(['table', 'json', 'jsonl'])(
  'as %s too, a person who does not exist is not found',
  async (format) => {
    expect(await list('--person', 'bob', '-o', format)).toMatchObject({ code: 3, out: '' });
  },
);

describe('curfew list, for programs', () => {
  const row = {
    requester: 'bo',
    entitlement: 'orders-db',
    minutes: 1590,
    state: 'pending',
    opened_at: '2026-03-29T00:30:00.500Z',
    lapses_at: '2026-03-29T01:30:07.999Z',
    ends_at: null,
    closed_at: null,
  };

  test('json is one list of whole rows, with times in RFC 3339 in UTC', async () => {
    const { code, out } = await list('--person', 'bo', '--output', 'json');
    expect([code, JSON.parse(out)]).toEqual([0, [{ id: pending, ...row }]]);
  });

  test('jsonl is one row on each line, without a hint for the next page', async () => {
    const { out } = await list('--all', '--limit', '3', '--output', 'jsonl');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ id }) => id)).toEqual([pending, active, closed]);
    expect(rows[0]).toEqual({ id: pending, ...row });
    expect(rows[1]).toEqual({
      ...{ id: active, requester: 'ana', entitlement: 'orders-db', minutes: 60, state: 'active' },
      opened_at: '2026-12-31T20:00:00.000Z',
      lapses_at: '2026-12-31T21:00:00.000Z',
      ends_at: '2026-12-31T23:59:59.000Z',
      closed_at: null,
    });
    expect(rows[2]).toEqual({
      ...{ id: closed, requester: 'ana', entitlement: 'orders-db', minutes: 60, state: 'closed' },
      opened_at: '2025-12-31T20:00:00.000Z',
      lapses_at: '2025-12-31T21:00:00.000Z',
      ends_at: '2025-12-31T22:00:00.000Z',
      closed_at: '2026-01-01T00:00:00.000Z',
    });
    expect(out.endsWith('}\n')).toBe(true);
  });

  test.each([
    ['json', '[]\n'],
    ['jsonl', ''],
  ])('an empty list is empty %s', async (format, out) => {
    expect(await list('--state', 'granting', '-o', format)).toEqual({ code: 0, out, err: '' });
  });
});

describe('curfew list refuses, with exit code 2', () => {
  test.each<[string, readonly string[], string]>([
    ['a limit of 0', ['--limit', '0'], 'whole number from 1 to 500'],
    ['a limit above 500', ['--limit', '501'], 'whole number from 1 to 500'],
    ['half a request', ['--limit', '1.5'], 'whole number from 1 to 500'],
    ['no number', ['--limit', 'ten'], 'whole number from 1 to 500'],
    ['the end of an id as --before', ['--before', 'abcd1234'], 'complete request id'],
    [
      'an unknown state',
      ['--state', 'revoked'],
      'Allowed choices are pending, granting, active, revoking, closed',
    ],
    ['an unknown format', ['--output', 'csv'], 'Allowed choices are table, json, jsonl'],
  ])('%s', async (_what, args, words) => {
    const { code, out, err } = await list(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  test('and accepts limits of 1 and 500', async () => {
    expect((await list('--limit', '1')).code).toBe(0);
    expect((await list('--limit', '500')).code).toBe(0);
  });
});

test('a request shows the end of its access also while the access is being granted or revoked', async () => {
  const { ledger } = folder;
  const [granting, revoking] = [await approvedIn(ledger), await grantedIn(ledger)];
  await ledger.record(end(revoking));
  for (const [id, state] of [
    [granting, 'granting'],
    [revoking, 'revoking'],
  ] as const) {
    await rowsOf(folder.url, `update request set ends_at = '2026-06-01T12:00:00Z' where id = '${id}'`);
    expect((await list('--state', state)).out).toMatch(
      new RegExp(`\\n${short(id)} .* ${state} {2}ends 2026-06-01 12:00:00Z\\n$`),
    );
  }
  await revokedIn(ledger, granting);
});

test('a request without an end shows no time', async () => {
  const granting = await approvedIn(folder.ledger);
  await rowsOf(folder.url, `update request set ends_at = null where id = '${granting}'`);
  expect((await list('--state', 'granting')).out).toMatch(/ granting {2}-\n$/);
});

test('without an option the requests in every state but closed are listed', async () => {
  const { ledger } = folder;
  const [granting, revoking] = [await approvedIn(ledger), await grantedIn(ledger)];
  await ledger.record(end(revoking));
  const rows = JSON.parse((await list('-o', 'json')).out) as readonly { id: RequestId; state: string }[];
  const made = [revoking, granting, pending, active, closed];
  expect(rows.filter(({ id }) => made.includes(id)).map(({ id, state }) => [id, state])).toEqual([
    [revoking, 'revoking'],
    [granting, 'granting'],
    [pending, 'pending'],
    [active, 'active'],
  ]);
});

test.each<[string, readonly string[], number]>([
  ['that lists', [], 0],
  ['that fails', ['--waiting-for', '\u0000'], 1],
])('a command %s leaves no connection to the ledger open', async (_what, args, code) => {
  const sessions = async () =>
    (
      await rowsOf(
        folder.url,
        `select from pg_stat_activity where application_name = 'curfew' and datname = current_database()`,
      )
    ).length;
  const before = await sessions();
  for (let n = 0; n < 3; n += 1) expect((await list(...args)).code).toBe(code);
  // Idle connections would be closed only after ten seconds.
  await until('they are closed', async () => (await sessions()) <= before, 5_000);
});
