import { CLICK_KINDS } from '../core/click-kinds.ts';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LEASE_STATES } from '../core/lease.ts';
import { EVENTS } from '../core/request/events.ts';
import { REQUEST_STATES } from '../core/request/state.ts';
import { CHANNELS } from '../ledger/clicks/clicks.ts';
import { VIAS } from '../ledger/request/record.ts';
import { ROOT } from '../scripts/import-table.ts';
import { sourceFiles } from './imports/imports.fixture.ts';

// Each list of kinds exists once in the code. Somebody who adds a kind is led to every other place: by the compiler,
// by the checks of the tables, and by the pages of docs/. These tests add a kind and see each of them fail.

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/**
 * The values that a check of a column allows, in the schema as Postgres prints it: those of a constraint, or for the trail of a list in the
 * function `is_sound_event`.
 */
function allowedBySql(check: string): readonly string[] {
  const schema = read('test/schema.sql');
  const [, column = ''] = /^is_sound_event\((\w+)\)$/.exec(check) ?? [];
  if (column === '') {
    const line = schema.split('\n').find((each) => each.includes(` constraint ${check} `));
    return [...(line ?? '').matchAll(/'([^']+)'::text/g)].map(([, value = '']) => value);
  }
  const [, body = ''] = /FUNCTION public\.is_sound_event\(([\s\S]*?)\$function\$;/.exec(schema) ?? [];
  const [, list = ''] = new RegExp(`\\b${column} in \\(([^)]*)\\)`).exec(body) ?? [];
  return [...list.matchAll(/'([^']+)'/g)].map(([, value = '']) => value);
}

/** What is missing or superfluous in a check of a column, compared with the kinds of the code. */
function sqlProblems(check: string, kinds: readonly string[]): readonly string[] {
  const allowed = allowedBySql(check);
  return [
    ...kinds.filter((kind) => !allowed.includes(kind)).map((kind) => `${check} does not allow ${kind}`),
    ...allowed.filter((kind) => !kinds.includes(kind)).map((kind) => `${check} allows ${kind}`),
  ];
}

const eventKinds = Object.keys(EVENTS);

describe('the checks of the tables', () => {
  test.each<[check: string, kinds: readonly string[]]>([
    ['click_kind_check', CLICK_KINDS],
    ['click_via_check', CHANNELS],
    ['is_sound_event(kind)', eventKinds],
    ['is_sound_event(via)', VIAS],
    ['request_state_check', REQUEST_STATES],
    ['lease_state_check', LEASE_STATES],
  ])('%s allows exactly the kinds of the code', (check, kinds) => {
    expect(sqlProblems(check, kinds)).toEqual([]);
    expect(sqlProblems(check, [...kinds, 'invented'])).toEqual([`${check} does not allow invented`]);
  });
});

describe('the meanings of the events', () => {
  test.each(Object.entries(EVENTS))('%s has one', (_kind, meaning) => {
    expect(meaning).toMatch(/^[A-Z].{10,}\.$/);
  });

  test('are linked from the page of events', () => {
    expect(read('docs/events.md')).toContain(
      '`core/request/events.ts` lists every kind of event with its meaning',
    );
  });
});

describe('the compiler', () => {
  /**
   * The edits that add one kind each. A message of the compiler contains the name of the kind, except where its fields
   * are missing: there it says that `Kind` cannot be an index.
   */
  const EDITS = {
    event: [
      'core/request/events.ts',
      `    | { kind: 'activated' }`,
      `    | { kind: 'activated' }\n    | { kind: 'new-event' }`,
    ],
    answer: [
      'core/request/commands.ts',
      `'withdraw', 'end'] as const`,
      `'withdraw', 'end', 'new-answer'] as const`,
    ],
    command: [
      'core/request/commands.ts',
      `    | { kind: 'expire' }`,
      `    | { kind: 'expire' | 'new-command' }`,
    ],
    state: [
      'core/request/state.ts',
      `  | { kind: 'blank' }`,
      `  | { kind: 'blank' }\n  | (RequestFacts & { kind: 'new-state' })`,
    ],
  } as const;

  let folder: string;
  let messages: readonly (readonly [file: string, message: string])[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'curfew-kinds-'));
    for (const file of [
      ...sourceFiles().filter((name) => !/^(sandbox\/)?test\//.test(name)),
      'tsconfig.json',
      'package.json',
    ])
      cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, from, to] of Object.values(EDITS)) {
      const before = readFileSync(join(folder, file), 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
      writeFileSync(join(folder, file), before.replace(from, to));
    }
    const tsc = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--noErrorTruncation', '--singleThreaded'],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, GOGC: 'off', GOMEMLIMIT: '2GiB' } },
    );
    messages = tsc.stdout
      .split(/^(?=\S+\(\d+,\d+\): error)/m)
      .map((message) => [message.split('(')[0] ?? '', message]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The files that do not compile because of what these words name. */
  const filesWithErrors = (...words: readonly string[]): readonly string[] =>
    [
      ...new Set(
        messages.filter(([, message]) => words.some((word) => message.includes(word))).map(([file]) => file),
      ),
    ].sort();

  test('a new event leads to each place that treats events', () => {
    const found = filesWithErrors('new-event');
    expect(found).toEqual(
      expect.arrayContaining([
        'core/request/events.ts',
        'core/request/evolve.ts',
        'ledger/request/project.ts',
      ]),
    );
    expect(found.some((file) => file.startsWith('wording/'))).toBe(true);
  });

  test('a new answer leads to each place that treats answers', () => {
    const found = filesWithErrors('new-answer', "Type 'Kind' cannot be used to index");
    expect(found).toEqual(
      expect.arrayContaining([
        'bot/cards/buttons.ts',
        'core/request/commands.ts',
        'core/request/decide.ts',
        'requests/answer.ts',
      ]),
    );
    expect(found.some((file) => file.startsWith('cli/commands/'))).toBe(true);
  });

  test('a new command leads to the decision', () => {
    expect(filesWithErrors('new-command')).toEqual(['core/request/decide.ts']);
  });

  test('a new state leads to the screens', () => {
    const found = filesWithErrors('new-state');
    expect(found).toEqual(expect.arrayContaining(['core/request/state.ts']));
    expect(found.some((file) => file.startsWith('bot/') || file.startsWith('wording/'))).toBe(true);
  });
});
