import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as questions from '../../audit/questions/index.ts';
import { auditCommand } from '../../cli/commands/audit.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { AuditQuery, AuditRow, RequestSearch } from '../../ledger/index.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { curfew } from '../e2e/processes.fixture.ts';
import { storeWorld } from '../audit/stored-world.fixture.ts';
import { BASE, worldOf } from '../audit/world.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.floor(Math.random() * 1e9));
const told = `seed ${SEED}`;

let folder: Folder;
beforeAll(async () => {
  folder = await openFolder();
  await asAdmin(async (owner) => {
    await storeWorld(owner, worldOf(SEED, 40), SEED);
    await owner.query(
      `insert into target_pass (provider, target_key, target_name, spec, entitlements, first_at) values
         ('fake', 'sales', 'sales', '{}', '{orders-db}', '2019-01-01 Z'), ('fake', 'cellar', 'cellar', '{}', '{cellar}', '2019-01-01 Z'),
         ('fake', 'attic', 'attic', '{}', '{}', '2019-01-01 Z')`,
    );
  }, folder.url);
});
afterAll(() => folder?.stop());

const audit = (...args: readonly string[]) => folder.run(auditCommand(), ...args);

async function answered(query: AuditQuery): Promise<readonly AuditRow[]> {
  const all: AuditRow[] = [];
  for await (const row of questions.answerRows(folder.ledger, query)) all.push(row);
  return all;
}

const NOON = '2026-11-01T12:00:00Z';
const EVENING = '2026-11-01T18:30:00.5Z';
const at = (text: string): Instant => Date.parse(text) as Instant;
const moment = (text: string) => ({ from: at(text), to: at(text) });

/** Each command with the question that it asks. */
const COMMANDS: readonly (readonly [command: readonly string[], query: AuditQuery])[] = [
  [
    ['access', 'orders-db', '--at', NOON],
    questions.whoHadAccess({ kind: 'entitlement', id: 'orders-db' }, moment(NOON)),
  ],
  [
    ['access', 'orders-db', '--from', NOON, '--to', EVENING, '--known-at', EVENING],
    questions.whoHadAccess(
      { kind: 'entitlement', id: 'orders-db' },
      { from: at(NOON), to: at(EVENING), knownAt: at(EVENING) },
    ),
  ],
  [
    ['access', 'sales', '--at', NOON],
    questions.whoHadAccess({ kind: 'target', name: 'sales' }, moment(NOON)),
  ],
  [
    ['access', 'sales', '--at', NOON, '--provider', 'fake'],
    questions.whoHadAccess({ kind: 'target', name: 'sales', provider: 'fake' }, moment(NOON)),
  ],
  [
    ['access', 'cellar', '--at', NOON],
    questions.whoHadAccess({ kind: 'entitlement', id: 'cellar' }, moment(NOON)),
  ],
  [
    ['access', 'cellar', '--at', NOON, '--provider', 'fake'],
    questions.whoHadAccess({ kind: 'target', name: 'cellar', provider: 'fake' }, moment(NOON)),
  ],
  [['held', 'ana', '--at', NOON], questions.whatWasHeld('ana' as PersonId, [], moment(NOON))],
  [
    ['approvals', 'bo', '--from', NOON],
    questions.questionQuery('approvals', { person: 'bo' as PersonId, from: at(NOON) }),
  ],
  [['fast', '--under', '10s'], questions.questionQuery('fast', { seconds: 10 })],
  [['pairs'], questions.questionQuery('pairs')],
  [
    ['overstays', '--over', '1m', '--to', EVENING],
    questions.questionQuery('overstays', { seconds: 60, to: at(EVENING) }),
  ],
  [['refusals'], questions.questionQuery('refusals')],
  [['drift'], questions.questionQuery('drift')],
  [['findings'], questions.questionQuery('findings')],
  [['decisions'], questions.questionQuery('decisions')],
  [['endings'], questions.questionQuery('endings')],
  [['policies'], questions.questionQuery('policies')],
  [['gains'], questions.questionQuery('gains')],
  [['purges'], questions.questionQuery('purges')],
  [['readings'], questions.questionQuery('readings')],
  [['reviews'], questions.questionQuery('reviews')],
  [['review-decisions'], questions.questionQuery('review-decisions')],
];

describe(`the answer of each command (${told})`, () => {
  test.each(COMMANDS)('%j is that of its question', async (args, query) => {
    const expected = await answered(query);
    const { code, out, err } = await audit(...args, '--output', 'jsonl');
    expect([told, code, err]).toEqual([told, 0, '']);
    const lines = out.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
  });

  test('json is one list, with the same rows', async () => {
    const expected = await answered(questions.questionQuery('fast', { seconds: 3600 }));
    expect(JSON.parse((await audit('fast', '--under', '1h', '--json')).out)).toEqual(expected);
  });

  test('csv has a line of names, then a line for each row', async () => {
    const { out } = await audit('fast', '--under', '1h', '--csv');
    const [names, ...lines] = out.trimEnd().split('\n');
    expect(names).toMatch(/^at,id,person,via,/);
    expect(lines).toHaveLength((await answered(questions.questionQuery('fast', { seconds: 3600 }))).length);
  });

  test('a table has headings, times to the second, and how to see the rest', async () => {
    const first = await audit('fast', '--under', '1h', '--limit', '1');
    expect(first.out).toMatch(/^WHEN \(UTC\) +APPROVED BY +REQUESTER +ENTITLEMENT/);
    expect(first.out).toMatch(/\n2026-11-0\d \d\d:\d\d:\d\dZ /);
    const [, next = ''] = /More: add --after "(.+)"/.exec(first.out) ?? [];
    const second = await audit('fast', '--under', '1h', '--limit', '1', '--after', next, '--json');
    const [, expected] = await answered(questions.questionQuery('fast', { seconds: 3600 }));
    expect(JSON.parse(second.out)).toEqual([expected]);
  });
});

describe('an answer without a row', () => {
  test.each([
    [
      ['access', 'orders-db', '--at', '2020-01-01T00:00:00Z'],
      'Nobody had access to orders-db at 2020-01-01 00:00:00Z',
    ],
    [['held', 'ana', '--from', '2020-01-01', '--to', '2020-01-02'], 'ana held nothing between 20'],
    [['approvals', 'bo', '--to', '2020-01-01'], 'bo approved nothing.'],
    [['fast', '--under', '0'], 'Nothing was approved in less than 0 seconds.'],
    [
      ['overstays', '--over', '9000h'],
      'No access was held for more than 32400000 seconds after its approved end.',
    ],
    [['refusals', '--to', '2020-01-01'], 'Nothing was refused.'],
  ])('%j says so and is no failure', async (args, words) => {
    const { code, out, err } = await audit(...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(words);
    expect((await audit(...args, '--json')).out).toBe('[]\n');
  });
});

describe('what nobody knows', () => {
  const FIRST_LOOK = '2026-11-01T11:00:00Z';
  beforeAll(async () => {
    await rowsOf(
      folder.url,
      `insert into target_pass (provider, target_key, target_name, spec, entitlements, first_at) values
         ('fake', 'new', 'new', '{}', '{aws-admins}', '${FIRST_LOOK}'), ('fake', 'later', 'later', '{}', '{infra-maintain}', null)`,
    );
    await rowsOf(
      folder.url,
      `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state, first_seen_at)
         values ('standing', 'access', 'fake', 'new', 'new', '{}', 'new', 'id-sam', 'sam', 'read', true, '[]', 'adopted', '${FIRST_LOOK}')`,
    );
  });
  afterAll(async () => {
    await rowsOf(folder.url, `delete from target_pass where target_key in ('new', 'later')`);
    await rowsOf(folder.url, `delete from finding where id = 'standing'`);
  });

  test('standing access at a target of an entitlement is in the answer, although Curfew never granted it', async () => {
    const { out, err } = await audit('access', 'aws-admins', '--at', NOON);
    expect([out, err]).toEqual([expect.stringMatching(/sam .*new .*adopted/), '']);
  });

  test('access before the first look is not called nobody’s', async () => {
    const { code, out, err } = await audit('access', 'aws-admins', '--at', '2026-11-01T10:00:00Z');
    expect([code, out]).toEqual([
      0,
      'Curfew granted nobody access to aws-admins at 2026-11-01 10:00:00Z. Who else had access is not known.\n',
    ]);
    expect(err).toBe(
      'Curfew had looked at its targets for the first time at 2026-11-01 11:00:00Z. Of the time before, it knows only what it granted.\n',
    );
  });

  test('a target can be typed as a table shows it', async () => {
    await rowsOf(
      folder.url,
      `insert into target_pass (provider, target_key, target_name, spec, first_at)
         values ('postgres', 'new', '["orders","orders_reader"]', '{}', '2019-01-01 Z')`,
    );
    const { code, out } = await audit('access', 'Orders, orders_reader', '--at', NOON);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Nobody had access to Orders, orders_reader at/)]);
  });

  test('targets at which Curfew has not looked yet are named', async () =>
    expect((await audit('access', 'infra-maintain', '--at', NOON)).err).toBe(
      'Curfew has not looked at its targets yet, so it knows only what it granted.\n',
    ));

  test('the moment at which it was known is in the answer', async () =>
    expect((await audit('access', 'infra-maintain', '--at', NOON, '--known-at', NOON)).out).toContain(
      'at 2026-11-01 12:00:00Z, as it was known at 2026-11-01 12:00:00Z',
    ));
});

test('a time without a zone is in the zone of the computer, although everything else is in UTC', async () => {
  const env = { TZ: 'America/New_York' };
  const { err } = await curfew(['audit', 'access', 'orders-db', '--at', '2026-11-01 01:30'], {
    env,
    home: folder.home,
  });
  expect(err).toContain('was there twice in America/New_York');
});

test('a day after --to is included', async () => {
  const rows = async (to: string) =>
    JSON.parse((await audit('refusals', '--from', '2026-11-01', '--to', to, '--json')).out) as object[];
  expect(await rows('2026-11-02')).toEqual(await rows('2026-11-02T23:59:59.999Z'));
});

describe('what cannot be answered', () => {
  test.each([
    [
      'a provider that does not exist',
      ['access', 'orders-db', '--provider', 'githb'],
      3,
      'The ledger has no target and no access at a provider "githb".',
    ],
    [
      'what was known before the time of the question',
      ['held', 'ana', '--at', NOON, '--known-at', '2026-11-01T11:00:00Z'],
      2,
      'Nothing could be known about it then',
    ],
    ['an entitlement that is nowhere', ['access', 'order-db'], 3, 'There is no entitlement "order-db"'],
    ['a person who is nowhere', ['held', 'annna'], 3, 'There is no person "annna"'],
    ['a moment that is none', ['access', 'orders-db', '--at', 'soon'], 2, '"soon" is not a moment.'],
    ['the future', ['access', 'orders-db', '--at', '2999-01-01'], 2, 'is in the future'],
    [
      'a time that ends before it begins',
      ['held', 'ana', '--from', NOON, '--to', '2026-10-01'],
      2,
      'is after that of --to',
    ],
    ['an end without a beginning', ['held', 'ana', '--to', NOON], 2, 'Say with --from'],
    [
      'a moment and a time',
      ['held', 'ana', '--at', NOON, '--from', NOON],
      2,
      "cannot be used with option '--from",
    ],
    ['seconds that are none', ['fast', '--under', 'quickly'], 2, 'The value is a time such as 10s or 2m.'],
    [
      'a page after something that is no row',
      ['refusals', '--after', 'x'],
      2,
      'as a page prints it after More',
    ],
  ])('%s', async (_what, args, code, words) => {
    const printed = await audit(...args);
    expect([printed.code, printed.out]).toEqual([code, '']);
    expect(printed.err).toContain(words);
  });
});

describe('the search of requests', () => {
  const requests = (...words: readonly string[]) => audit('requests', ...words);
  const searched = async (search: RequestSearch): Promise<readonly unknown[]> => {
    const all: unknown[] = [];
    for await (const row of questions.requestRows(folder.ledger, { search, visible: 'all' })) all.push(row);
    return all;
  };

  test.each<[words: readonly string[], search: RequestSearch]>([
    [[], { is: {} }],
    [['ana'], { is: { person: ['ana'] } }],
    [['person:ana', 'class:c'], { is: { person: ['ana'], class: ['C'] } }],
    [['person:ana class:c'], { is: { person: ['ana'], class: ['C'] } }],
    [['approver:bo,cy', 'ending:expired'], { is: { approver: ['bo', 'cy'], ending: ['expired'] } }],
    [['state:refused', 'refused:yes'], { is: { state: ['refused'], refused: ['yes'] } }],
    [[`from:${NOON}`, `to:${EVENING}`], { is: {}, from: at(NOON), to: at(EVENING) }],
    [['to:2026-11-01 13:00'], { is: {}, to: new Date(2026, 10, 1, 13).getTime() as Instant }],
    [['entitlement:Orders database, read only'], { is: { entitlement: ['orders-db'] } }],
  ])('%j finds what its question finds, newest first', async (words, search) => {
    const { code, out, err } = await requests(...words, '--output', 'jsonl');
    expect([told, code, err]).toEqual([told, 0, '']);
    const lines = out.split('\n').filter((line) => line !== '');
    expect([told, lines.map((line) => JSON.parse(line) as unknown)]).toEqual([told, await searched(search)]);
  });

  test('a table says how many there are, and how to see older and newer ones', async () => {
    const all = await searched({ is: {} });
    const first = await requests('--limit', '2');
    expect(first.out).toMatch(/^WHEN \(UTC\) +PERSON +ENTITLEMENT +STATE/);
    expect(first.out).toContain(`\n${all.length} requests match.\nMore: add --after "`);
    const [, after = ''] = /More: add --after "(.+)"/.exec(first.out) ?? [];
    const second = await requests('--limit', '2', '--after', after);
    const [, before = ''] = /Newer: add --before "(.+)"/.exec(second.out) ?? [];
    const again = await requests('--limit', '2', '--before', before, '--json');
    expect(JSON.parse(again.out)).toEqual(all.slice(0, 2));
    expect(JSON.parse((await requests('--limit', '2', '--after', after, '--json')).out)).toEqual(
      all.slice(2, 4),
    );
  });

  test('csv has a line of names, then a line for each row', async () => {
    const [names, ...lines] = (await requests('--csv')).out.trimEnd().split('\n');
    expect(names).toBe(
      'at,id,person,entitlement,minutes,providers,classes,state,ending,approved_by,refusals,ends_at,closed_at,digest',
    );
    expect(lines).toHaveLength((await searched({ is: {} })).length);
  });

  test('nothing is no failure', async () => {
    const { code, out, err } = await requests('person:ana', 'ending:voided');
    expect([code, out, err]).toEqual([0, 'No request matches.\n', '']);
    expect((await requests('person:ana', 'ending:voided', '--json')).out).toBe('[]\n');
  });

  test.each<[what: string, words: readonly string[], code: number, says: string]>([
    ['a key that does not exist', ['preson:ana'], 2, 'At character 1: there is no key "preson".'],
    [
      'a value that does not exist',
      ['ana', 'state:activ'],
      2,
      'At character 5: "state:" cannot have the value "activ".',
    ],
    ['a person who is nowhere', ['person:annna'], 3, 'Did you mean person:ana?'],
    [
      'two places',
      [
        '--after',
        `2026-11-01T00:00:00.000000Z/req_${'0'.repeat(26)}`,
        '--before',
        `2026-11-01T00:00:00.000000Z/req_${'0'.repeat(26)}`,
      ],
      2,
      'give --after or --before',
    ],
    ['a place that no page named', ['--after', 'x'], 2, 'as a page prints it'],
    ['what a terminal would obey', ['person:\u001b[2J'], 2, '"▯[2J" is no name that Curfew knows'],
  ])('%s is refused', async (_what, words, code, says) => {
    const printed = await requests(...words);
    expect([printed.code, printed.out]).toEqual([code, '']);
    expect(printed.err).toContain(says);
  });
});

test('an answer of many rows is printed whole, in pages', async () => {
  await rowsOf(
    folder.url,
    `insert into access_period (lease_id, request_id, person, entitlement, provider, target_name, target_key, account_id, account_name, level,
                                granted_at, granted_seq, ended_at, changed_at)
     select 'many_' || n, 'r', 'eve', 'many', 'fake', 'many', 'many', 'x', 'x', 'read', $1::timestamptz, 0, $1, $1 from generate_series(1, 2500) n`,
    [new Date(BASE)],
  );
  const { out } = await audit('held', 'eve', '--from', '2026-10-01', '--json');
  const ids = (JSON.parse(out) as readonly { id: string }[]).map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([2500, 2500]);
});

describe('curfew audit numbers', () => {
  const TIME = ['--from', '2026-11-01T00:00:00Z', '--to', '2026-11-02T12:00:00Z'] as const;

  test('prints every number of the time, the same in each format', async () => {
    const zone = 'Europe/Lisbon';
    const time = { from: at(TIME[1]), to: at(TIME[3]), zone };
    const expected = questions.numberLines(await questions.numbersOf(folder.ledger, time));
    const { out } = await audit('numbers', ...TIME, '--zone', zone, '--json');
    expect([told, JSON.parse(out)]).toEqual([told, expected]);
    const lines = (await audit('numbers', ...TIME, '--zone', zone, '-o', 'jsonl')).out.trim().split('\n');
    expect([told, lines.map((line) => JSON.parse(line) as unknown)]).toEqual([told, expected]);
    const csv = (await audit('numbers', ...TIME, '--zone', zone, '--csv')).out.trim().split(/\r?\n/);
    expect([told, csv[0], csv.length]).toEqual([told, 'table,row,measure,value,unit', expected.length + 1]);
    expect((await audit('numbers', ...TIME)).out).toMatch(/TABLE +ROW +MEASURE +VALUE +UNIT/);
  });

  test.each([
    [['--from', '2020-01-01', '--to', '2026-11-01'], 'at most 366 days'],
    [['--from', '2026-11-02', '--to', '2026-11-01T00:00:00Z'], 'before its end'],
    [['--zone', 'Mars/Base'], '"Mars/Base" is not a time zone'],
  ])('%j is refused', async (args, words) => {
    const { code, err } = await audit('numbers', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  });
});
