import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listCommand } from '../../cli/commands/list.ts';
import { leaseIdOf, type Minutes, type RequestId } from '../../core/ids.ts';
import { bo } from '../core/request/request.fixture.ts';
import {
  approvedIn,
  end,
  grantedIn,
  newRequest,
  opening,
  revokedIn,
  rewriteReason,
  rowsOf,
  target as TARGET,
} from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';
import { HAS_PTY, onTerminal, plainText } from './pty.fixture.ts';

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
    [active, 'ends_at', '2099-12-31T23:59:59Z'],
    [active, 'opened_at', '2099-12-31T20:00:00Z'],
    [active, 'lapses_at', '2099-12-31T21:00:00Z'],
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
        'REQUEST   WHO  WHAT       LENGTH   STATE    UNTIL (UTC)       APPROVER  REASON',
        `${short(pending)}  bo   orders-db  1d2h30m  pending  2026-03-29 01:30  cy        incident 4312`,
        `${short(active)}  ana  orders-db  1h       active   2099-12-31 23:59  bo        incident 4312`,
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

  test('a closed request shows how it ended, by whom, and when it was closed', async () => {
    expect((await list('--state', 'closed')).out.split('\n').map((line) => line.slice(10))).toEqual([
      'WHO  WHAT       LENGTH  STATE  UNTIL (UTC)       APPROVER  HOW IT ENDED  REASON',
      'ana  orders-db  1h      ended  2026-01-01 00:00  bo        ended by ana  incident 4312',
      '',
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['of one state', ['--state', 'granting'], 'No request matches. Leave an option out to see more.'],
    [
      'of open requests of a person',
      ['--person', 'sam'],
      'No open request matches. --all also lists closed ones.',
    ],
    [
      'of all requests of a person',
      ['--person', 'sam', '--all'],
      'No request matches. Leave an option out to see more.',
    ],
    ['behind the last page', ['--all', '--before', `req_${'0'.repeat(26)}`], 'No more requests.'],
  ])('an empty list %s says what to do, and is no error', async (_what, args, text) => {
    expect(await list(...args)).toEqual({ code: 0, out: `${text}\n`, err: '' });
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

describe('curfew list narrows', () => {
  const idsOf = async (...args: readonly string[]) => {
    const { out } = await list('--all', '--json', '--fields', 'id', ...args);
    const made = [pending, active, closed];
    return (JSON.parse(out) as readonly { id: RequestId }[])
      .map(({ id }) => id)
      .filter((id) => made.includes(id));
  };

  test.each<[string, readonly string[], () => readonly RequestId[]]>([
    ['to two states', ['--state', 'pending,closed'], () => [pending, closed]],
    ['to a way in which requests ended', ['--state', 'ended'], () => [closed]],
    ['to several of them', ['--state', 'denied, ended'], () => [closed]],
    ['to a way in which none ended', ['--state', 'denied'], () => []],
    ['to an entitlement', ['--entitlement', 'orders-db'], () => [pending, active, closed]],
    ['to an entitlement by its synonym', ['-e', 'DB'], () => [pending, active, closed]],
    ['to an entitlement that nobody has requested', ['-e', 'orders-logs'], () => []],
    ['to what was opened since a date', ['--since', '2026-03-29'], () => [pending, active]],
    ['to what was opened since a time in UTC', ['--since', '2026-03-29T00:31'], () => [active]],
    ['to what was opened since a time in a zone', ['--since', '2026-03-29T02:31+02:00'], () => [active]],
    // The times of the active one are still to come.
    ['to what was opened in the last hours', ['--since', '2h'], () => [active]],
    ['to what was opened in a long time', ['--since', '36500d'], () => [pending, active, closed]],
  ])('%s', async (_what, args, expected) => expect(await idsOf(...args)).toEqual(expected()));

  test.each<[string, readonly string[], string]>([
    [
      'an entitlement',
      ['--entitlement', 'ordrs-db'],
      'no entitlement "ordrs-db" in the catalogue. Did you mean "orders-db"?',
    ],
    ['an entitlement like a synonym', ['-e', 'postgrs'], 'Did you mean "postgres"?'],
    ['an entitlement like none', ['-e', 'zzzzzz'], 'no entitlement "zzzzzz" in the catalogue.\n'],
  ])('not by a name that does not exist: %s', async (_what, args, words) => {
    expect(await list(...args)).toMatchObject({ code: 3, out: '', err: expect.stringContaining(words) });
  });
});

describe('curfew list --fields', () => {
  test('prints these fields in this order, for people too', async () => {
    const { out } = await list('--all', '--limit', '3', '--fields', 'approved_by,requester, ending,ends_at');
    expect(out.split('\n')).toEqual([
      'APPROVED BY  REQUESTER  ENDING        ENDS AT',
      '-            bo         -             -',
      'bo           ana        -             2099-12-31T23:59:59.000Z',
      'bo           ana        ended by ana  2025-12-31T22:00:00.000Z',
      '',
      `More: curfew list --all --limit 3 --fields approved_by,requester,ending,ends_at --before ${closed}`,
      '',
    ]);
  });

  test.each([
    ['json', (out: string) => (JSON.parse(out) as unknown[])[0]],
    ['jsonl', (out: string) => JSON.parse(out.split('\n')[0] ?? '') as unknown],
  ])('%s has no other fields', async (format, first) => {
    const { out } = await list('--person', 'bo', '-o', format, '--fields', 'reason,approvers');
    expect(first(out)).toEqual({ reason: 'incident 4312', approvers: ['bo', 'cy'] });
  });
});

describe('curfew list --csv', () => {
  test('has a line of names, and a line for each request', async () => {
    expect((await list('--csv', '--all', '--state', 'closed')).out.split('\n')).toEqual([
      'id,requester,entitlement,minutes,state,opened_at,lapses_at,ends_at,closed_at,approvers,approved_by,reason,ending,ended_by,denial,waits_for',
      `${closed},ana,orders-db,60,closed,2025-12-31T20:00:00.000Z,2025-12-31T21:00:00.000Z,2025-12-31T22:00:00.000Z,2026-01-01T00:00:00.000Z,"bo cy",bo,"incident 4312",ended,ana,,`,
      '',
    ]);
  });

  test('is the same as --output csv, and has its names also when no request matches', async () => {
    expect(await list('--output', 'csv', '--state', 'lapsed', '--fields', 'id,reason')).toEqual({
      code: 0,
      out: 'id,reason\n',
      err: '',
    });
  });

  test('a reason that a spreadsheet would take for a formula is text there', async () => {
    const write = (text: string) => rewriteReason(folder.url, pending, text);
    await write('=1+1, "x"');
    try {
      expect((await list('--csv', '-p', 'bo', '-f', 'reason')).out).toBe(`reason\n"'=1+1, ""x"""\n`);
    } finally {
      await write('incident 4312');
    }
  });
});

(HAS_PTY ? describe : describe.skip)('curfew list on a terminal', () => {
  const LONG = 'a long story about an incident that needs many words to tell';

  test.each([80, 120])('of %i columns fits it, and shows the most of what there is', async (columns) => {
    await rewriteReason(folder.url, pending, LONG);
    try {
      const { code, text } = await onTerminal(['list', '--all', '--limit', '3'], [], {
        home: folder.home,
        columns,
      });
      const [heading = '', ...lines] = plainText(text).trimEnd().split('\n');
      expect([
        code,
        [heading, ...lines].filter((line) => line.length > columns && !line.startsWith('More')),
      ]).toEqual([0, []]);
      const shown = heading.split(/ {2,}/);
      expect(shown.slice(0, 6)).toEqual(['REQUEST', 'WHO', 'WHAT', 'LENGTH', 'STATE', 'UNTIL (UTC)']);
      expect(shown.includes('REASON')).toBe(columns === 120);
      expect(text).toContain('\u001b[32mactive\u001b[39m');
    } finally {
      await rewriteReason(folder.url, pending, 'incident 4312');
    }
  });

  test('has no colour with NO_COLOR, and says the same', async () => {
    const { text } = await onTerminal(['list'], [], { home: folder.home, env: { NO_COLOR: '1' } });
    expect(text).toBe(plainText(text));
    expect(text).toContain(' active ');
  });

  test('--watch draws it until Ctrl-C, and leaves what was on the screen before', async () => {
    const replies = [{ prompt: /orders-db[^]*orders-db/, text: '\u0003' }];
    const { code, text } = await onTerminal(['list', '--watch', '1'], replies, { home: folder.home });
    expect([code, text]).toEqual([
      0,
      expect.stringMatching(/^\u001b\[\?1049h[^]*Ctrl-C ends it\.[^]*\u001b\[\?1049l/),
    ]);
  });

  test('--watch of a person who does not exist is an error', async () => {
    const { code, text } = await onTerminal(['list', '--watch', '-p', 'bob'], [], { home: folder.home });
    expect([code, text]).toEqual([3, expect.stringContaining('Did you mean "bo"?')]);
  });
});

test('FORCE_COLOR writes colours for another program too', async () => {
  const before = process.env['FORCE_COLOR'];
  process.env['FORCE_COLOR'] = '1';
  try {
    expect((await list('--state', 'active')).out).toContain('\u001b[32mactive\u001b[39m');
  } finally {
    if (before === undefined) delete process.env['FORCE_COLOR'];
    else process.env['FORCE_COLOR'] = before;
  }
});

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
    approvers: ['bo', 'cy'],
    approved_by: [],
    reason: 'incident 4312',
    ...{ ending: null, ended_by: null, denial: null, waits_for: null },
  };
  const approved = {
    approvers: ['bo', 'cy'],
    approved_by: ['bo'],
    reason: 'incident 4312',
    denial: null,
    waits_for: null,
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
      opened_at: '2099-12-31T20:00:00.000Z',
      lapses_at: '2099-12-31T21:00:00.000Z',
      ends_at: '2099-12-31T23:59:59.000Z',
      closed_at: null,
      ...{ ...approved, ending: null, ended_by: null },
    });
    expect(rows[2]).toEqual({
      ...{ id: closed, requester: 'ana', entitlement: 'orders-db', minutes: 60, state: 'closed' },
      opened_at: '2025-12-31T20:00:00.000Z',
      lapses_at: '2025-12-31T21:00:00.000Z',
      ends_at: '2025-12-31T22:00:00.000Z',
      closed_at: '2026-01-01T00:00:00.000Z',
      ...{ ...approved, ending: { kind: 'ended', by: 'ana' }, ended_by: 'ana' },
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
      ['--state', 'revokin'],
      'There is no state "revokin". Did you mean revoking? There are pending, granting, active, revoking, closed, denied,',
    ],
    ['an unknown state among others', ['--state', 'active,revoked'], 'There is no state "revoked".'],
    ['states and ways to end', ['--state', 'active,denied'], 'denied is a way to end, active is a state'],
    ['an unknown format', ['--output', 'xml'], 'Allowed choices are table, json, jsonl, csv'],
    ['two formats', ['--json', '--csv'], "option '--json' cannot be used with option '--csv'"],
    [
      'two formats, one of them by its name',
      ['--csv', '--output', 'table'],
      "option '--csv' cannot be used with option '-o, --output <format>'",
    ],
    [
      'an unknown field',
      ['--fields', 'id,requestr'],
      'There is no field "requestr". Did you mean requester?',
    ],
    ['a time that is none', ['--since', 'yesterday'], 'a length such as 2d or 12h, or a date such as'],
    ['a day that is not in the calendar', ['--since', '2026-02-30'], '"2026-02-30" is no day or time'],
    ['an hour that no day has', ['--since', '2026-02-03T25:00'], 'is no day or time of the calendar'],
    ['--watch for another program', ['--watch'], '--watch draws a table on a terminal'],
    ['--watch with an interval of nothing', ['--watch', '0'], 'number of seconds from 1 to 3600'],
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

/** The reason of another request than those above. The same request is refused while one is open. */
const ANOTHER = { reason: { salt: 's', body: 'incident 4313' } };

test('a request shows the end of its access also while the access is being granted or revoked', async () => {
  const { ledger } = folder;
  const [granting, revoking] = [await approvedIn(ledger, ANOTHER), await grantedIn(ledger, ANOTHER)];
  await ledger.record(end(revoking));
  for (const [id, state] of [
    [granting, 'granting'],
    [revoking, 'revoking'],
  ] as const) {
    await rowsOf(folder.url, `update request set ends_at = '2026-06-01T12:00:00Z' where id = '${id}'`);
    expect((await list('--state', state)).out).toMatch(
      new RegExp(`\\n${short(id)} .* ${state} {2}2026-06-01 12:00 .*\\n$`),
    );
  }
  await revokedIn(ledger, granting);
});

test('a request without an end shows no time', async () => {
  const granting = await approvedIn(folder.ledger, ANOTHER);
  await rowsOf(folder.url, `update request set ends_at = null where id = '${granting}'`);
  expect((await list('--state', 'granting')).out).toMatch(/ granting {2}- +bo +incident 4313\n$/);
});

test('without an option the requests in every state but closed are listed', async () => {
  const { ledger } = folder;
  const [granting, revoking] = [await approvedIn(ledger, ANOTHER), await grantedIn(ledger, ANOTHER)];
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

describe('an approved grant that waits', () => {
  const waiting = async (...faults: readonly string[]) => {
    const target = (resource: string, provider: string) => ({ ...TARGET, provider, lockKey: resource });
    const id = await approvedIn(folder.ledger, {
      ...ANOTHER,
      targets: ['fake', 'github', 'aws-iam'].map((provider, at) => target(`waiting-${at}`, provider)),
    });
    for (const [at, fault] of faults.entries()) await folder.ledger.noteLeaseFault(leaseIdOf(id, at), fault);
    const [, line] = (await list('--state', 'granting', '--fields', 'state,waits_for')).out.split('\n');
    const [row] = JSON.parse((await list('--state', 'granting', '-o', 'json')).out) as {
      waits_for: unknown;
    }[];
    const [head] = (await list('--state', 'granting')).out.split('\n');
    await folder.ledger.record(end(id));
    return { line, row: row?.waits_for, isInTable: head?.includes('WAITS FOR') };
  };

  test.each<[string, readonly string[], string, object | null]>([
    ['for nothing that is known', ['no answer'], '-', null],
    ['for the log', ['log-behind: x', 'log-behind: x'], 'the audit log', { kind: 'log' }],
    [
      'for the rate of the second vendor',
      ['awaiting-person: x', 'provider-throttled: x'],
      'its turn at github',
      { kind: 'rate', provider: 'github' },
    ],
    [
      'for the third vendor',
      ['no answer', 'no answer', 'provider-unavailable: x'],
      'aws-iam, which does not answer',
      { kind: 'vendor', provider: 'aws-iam' },
    ],
    [
      'for the person',
      ['no answer', 'awaiting-person: x'],
      'the person, at github',
      { kind: 'person', provider: 'github' },
    ],
    [
      'for a first attempt',
      ['no answer', 'not-tried'],
      'a first attempt at github',
      { kind: 'first-attempt', provider: 'github' },
    ],
    ['for the end of a quarantine', ['quarantine: x'], 'quarantine', { kind: 'other', fault: 'quarantine' }],
  ])('%s says so (F31)', async (_what, faults, words, row) =>
    expect(await waiting(...faults)).toEqual({
      line: `granting  ${words}`,
      row,
      isInTable: row !== null,
    }),
  );
});
