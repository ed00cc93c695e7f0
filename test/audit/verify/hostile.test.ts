import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EVENTS } from '../../../core/request/events.ts';
import { type Report, verifyBundle } from '../../../audit/verify/verify.mjs';
import { KEY, writeFiles } from './bundle.fixture.ts';
import { whileWritten } from './checks/false-folder.fixture.ts';
import { filesOf, otherRow, ROWS, shaOf, signedLog } from './checks/honest-log.fixture.ts';
import { canonicalText, historiesOf, randomOf } from './rows.fixture.ts';
import { type Trial, trialOf } from './trial.fixture.ts';

// Files that somebody made to break the verifier: each gives a clear problem, and none stops it.

let trial: Trial;
beforeAll(() => {
  trial = trialOf(3, historiesOf(3, 40));
});
afterAll(() => trial?.remove());

/** Verifies with these files changed, and puts them back. */
function verifyWith(changed: ReadonlyMap<string, Buffer | null>): Report {
  writeFiles(trial.folder, changed);
  try {
    return trial.verify();
  } finally {
    writeFiles(
      trial.folder,
      new Map([...changed.keys()].map((path) => [path, trial.files.get(path) ?? null])),
    );
  }
}

function expectClear({ ok, problems }: Report): void {
  expect(ok).toBe(false);
  for (const { text } of problems) {
    expect(text).toMatch(/^[^\p{Cc}]+\.$/u);
    expect(text.length).toBeLessThan(1_200);
  }
}

const addLine = (path: string, line: string | Buffer): ReadonlyMap<string, Buffer> =>
  new Map([[path, Buffer.concat([trial.files.get(path)!, Buffer.from(line), Buffer.from('\n')])]]);

const ENTRIES = 'bundle/entries.jsonl';
const event = (body: object, more: object = {}): string =>
  canonicalText({
    at: '2026-01-05T12:00:00.000Z',
    body,
    id: 'req_new/0',
    step: 'x',
    type: 'event',
    via: 'cli',
    ...more,
  });

describe('a clear problem for', () => {
  test.each<[string, string, string | Buffer, string]>([
    [
      'an entry that is too long',
      ENTRIES,
      event({ kind: 'refused', more: 'x'.repeat(70_000) }),
      'entry-too-long',
    ],
    ['an entry of many megabytes', ENTRIES, 'x'.repeat(5_000_000), 'entry-too-long'],
    ['an entry that is not UTF-8', ENTRIES, Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'not-canonical'],
    ['an entry that is nested deeply', ENTRIES, '['.repeat(30_000) + ']'.repeat(30_000), 'not-canonical'],
    ['an entry with a name twice', ENTRIES, event({ kind: 'x' }).replace('{', '{"at":"x",'), 'not-canonical'],
    [
      'an entry with half a surrogate pair',
      ENTRIES,
      event({ kind: '\\ud800' }).replace('\\\\', '\\'),
      'not-canonical',
    ],
    ['an entry with a space', ENTRIES, event({ kind: 'x' }).replace(',', ', '), 'not-canonical'],
    [
      'an entry whose names are in another order',
      ENTRIES,
      event({ by: 'a', kind: 'x' }).replace('"by":"a","kind":"x"', '"kind":"x","by":"a"'),
      'not-canonical',
    ],
    ['an empty entry', ENTRIES, '', 'not-canonical'],
    ['an entry that is a number', ENTRIES, '7', 'malformed-entry'],
    ['an entry that is null', ENTRIES, 'null', 'malformed-entry'],
    [
      'texts with a long salt, which would be hashed with each of them',
      'bundle/texts.jsonl',
      `{"index":1,"salt":"${'A'.repeat(100_000)}","texts":["${'","'.repeat(10_000)}"]}`,
      'unknown-text',
    ],
    [
      'an entry without a body',
      ENTRIES,
      '{"at":"2026-01-05T12:00:00.000Z","id":"a","type":"x"}',
      'malformed-entry',
    ],
    [
      'an entry with a day that does not exist',
      ENTRIES,
      event({ kind: 'x' }, { at: '2026-13-05T12:00:00.000Z' }),
      'malformed-entry',
    ],
    ['an event with another field', ENTRIES, event({ kind: 'x' }, { note: 'x' }), 'malformed-entry'],
    [
      'an event with a number that is written in two ways',
      ENTRIES,
      event({ kind: 'x' }, { id: 'req_new/00' }),
      'malformed-entry',
    ],
    ['an event with a long body that is nowhere', ENTRIES, event({ sha256: '0'.repeat(64) }), 'missing-body'],
    [
      'an event that comes too early',
      ENTRIES,
      event({ kind: 'closed' }, { id: 'req_new/7' }),
      'missing-event',
    ],
    ['a checkpoint that is a number', 'bundle/checkpoints/ledger.jsonl', '{"note":7}', 'bad-checkpoint'],
    [
      'a checkpoint with a control character',
      'bundle/checkpoints/ledger.jsonl',
      '{"note":"a\\u0007\\n1\\n\\n— a b\\n"}',
      'bad-checkpoint',
    ],
    ['texts with a name twice', 'bundle/texts.jsonl', '{"index":0,"index":1}', 'unreadable'],
    ['texts that are nested deeply', 'bundle/texts.jsonl', '{"a":'.repeat(5_000), 'unreadable'],
    ['texts that are null', 'bundle/texts.jsonl', 'null', 'unreadable'],
    ['texts that are no list', 'bundle/texts.jsonl', '{"index":"7","texts":{}}', 'unknown-text'],
    ['a text file that is not UTF-8', 'bundle/texts.jsonl', Buffer.from([0xff]), 'unreadable'],
    [
      'a long body with a wrong hash',
      'bundle/bodies.jsonl',
      '{"sha256":"__proto__","body":{}}',
      'wrong-body',
    ],
    [
      'a long body that no entry has',
      'bundle/bodies.jsonl',
      '{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","body":{}}',
      'unused-body',
    ],
    ['a bundle.json that is a list', 'bundle/bundle.json', '[]', 'unreadable'],
  ])('%s', (_what, path, line, kind) => {
    const report = verifyWith(addLine(path, line));
    expectClear(report);
    expect(report.problems.map((each) => each.kind)).toContain(kind);
  });

  test.each<[string, object]>([
    ['no details', { kind: 'requested' }],
    ['details that are a list', { kind: 'requested', details: [] }],
    ['a kind that cannot become a text', { kind: { toString: 1, valueOf: 1 } }],
    ['an end in a year that does not exist', { kind: 'grant-started', endsAt: 1e300, leases: [7, null, {}] }],
    ['a lease that is an object', { kind: 'revoked', lease: { toString: 1 } }],
    [
      'the name of a prototype',
      JSON.parse('{"kind":"requested","details":{"__proto__":{"minutes":1}}}') as object,
    ],
    ['a hash at a large number', { kind: 'refused', seen: { text: 1e9, hash: 'x' } }],
  ])('an event that has %s', (_what, body) => expectClear(verifyWith(addLine(ENTRIES, event(body)))));

  test('a folder in the place of a file', () => {
    writeFiles(trial.folder, new Map([['bundle/texts.jsonl', null]]));
    mkdirSync(join(trial.folder, 'bundle/texts.jsonl'));
    expect(trial.verify().problems).toMatchObject([{ kind: 'missing-file', file: 'texts.jsonl' }]);
    rmSync(join(trial.folder, 'bundle/texts.jsonl'), { recursive: true });
    writeFiles(trial.folder, new Map([['bundle/texts.jsonl', trial.files.get('bundle/texts.jsonl')!]]));
  });

  test('any file that is empty, cut or has random bytes', () => {
    const random = randomOf(5);
    for (const [path, bytes] of trial.files) {
      const noise = Buffer.from(bytes);
      for (let times = 0; times < 5; times += 1) noise[random(noise.length)] = random(256);
      for (const changed of [Buffer.alloc(0), bytes.subarray(0, random(bytes.length)), noise])
        expect(typeof verifyWith(new Map([[path, changed]])).ok).toBe('boolean');
    }
  });

  test('many problems of one kind: it lists 20 and counts the others', () => {
    const report = verifyWith(addLine('bundle/texts.jsonl', '{}\n'.repeat(100).trimEnd()));
    expect([report.problems.length, report.moreProblems]).toEqual([20, 80]);
  });
});

test.each([
  [100, []],
  [101, ['wrong-text']],
])('a salt of %d characters, although its hash is right', (length, kinds) => {
  const [salt, text] = ['s'.repeat(length), 'a text'];
  const why = { text: 0, hash: shaOf(`${salt}\n${text}`) };
  const row = { ...otherRow('finding-decision', 'click_2', 8, { by: 'dee', why }), salt, texts: [text] };
  const { problems } = whileWritten({ files: filesOf(signedLog([...ROWS, row], { sizes: [8] })) }, (folder) =>
    verifyBundle(`${folder}/bundle`, { keys: [KEY.vkey] }),
  );
  expect(problems.map(({ kind }) => kind)).toEqual(kinds);
});

test('a hash of other letters whose low bytes are those of the right hash is another hash', () => {
  const [salt, text] = ['salt', 'a text'];
  const letters = [...shaOf(`${salt}\n${text}`)].map((letter) =>
    String.fromCharCode(letter.charCodeAt(0) + 0x100),
  );
  const why = { text: 0, hash: letters.join('') };
  const row = { ...otherRow('finding-decision', 'click_2', 8, { by: 'dee', why }), salt, texts: [text] };
  const { problems } = whileWritten({ files: filesOf(signedLog([...ROWS, row], { sizes: [8] })) }, (folder) =>
    verifyBundle(`${folder}/bundle`, { keys: [KEY.vkey] }),
  );
  expect(problems.map(({ kind }) => kind)).toEqual(['wrong-text']);
});

test('every kind of event is known, and one of a newer version is not proven', () => {
  const all = Object.keys(EVENTS).map((kind, seq) => event({ kind }, { id: `req_new/${seq}` }));
  const unknownOf = ({ missing }: Report) => missing.filter((line) => line.includes('does not know'));
  expect(unknownOf(verifyWith(addLine(ENTRIES, all.join('\n'))))).toEqual([]);
  expect(unknownOf(verifyWith(addLine(ENTRIES, event({ kind: 'teleported' }))))).toEqual([
    expect.stringContaining('teleported'),
  ]);
});

test('a text whose first line somebody moved into its salt is found', () => {
  const path = 'bundle/texts.jsonl';
  const before = trial.files.get(path)?.toString() ?? '';
  const moved = before.replaceAll(
    /"salt":"(\w+)","texts":\["a reason\\n(\d+)"\]/g,
    String.raw`"salt":"$1\na reason","texts":["$2"]`,
  );
  expect(moved).not.toBe(before);
  const report = verifyWith(new Map([[path, Buffer.from(moved)]]));
  expect(report.problems.map(({ kind }) => kind)).toContain('wrong-text');
});
