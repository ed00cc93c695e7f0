import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { QuickReader, readEntry } from '../../../audit/verify/verify.mjs';
import { historiesOf, type Random, randomOf, randomRows, entryOf } from './rows.fixture.ts';

// The verifier reads most events in a quick way. It must never read an entry that the usual way refuses, or read another one.

const SEED = Number(process.env['TEST_LAW_SEED'] ?? Math.trunc(Math.random() * 2 ** 30));
const CHANGES = 40_000;

const random = randomOf(SEED);
const lines = randomRows(historiesOf(SEED, 100), 60, random).map((row) => entryOf(row).entry);
const events = lines.filter((line) => line.includes('"type":"event"'));

type Fields = NonNullable<ReturnType<QuickReader['read']>>;
const plain = ({ id, at, via, body, hashes, type, name, seq, time, kind, written, bodyAt }: Fields) => ({
  ...{ type, name, seq, time, kind, written, bodyAt },
  ...{ id: id(), at: at(), via: via(), body: body(), hashes: [...hashes] },
});

/** What both ways say of a line, which stands in the middle of a buffer. */
function read(line: Buffer): Readonly<{ quick: object | undefined; slow: object | undefined }> {
  const buffer = Buffer.concat([Buffer.from('x\n'), line, Buffer.from('\n{"at":"')]);
  const [start, end] = [2, 2 + line.length];
  const quick = new QuickReader().read(buffer, start, end);
  const { entry } = readEntry(buffer, start, end);
  return { quick: quick && plain(quick), slow: entry && plain(entry) };
}

/** A line of the file with texts that people wrote, which stands in the middle of a buffer. */
function readText(line: Buffer): object | undefined {
  const buffer = Buffer.concat([Buffer.from('x\n'), line, Buffer.from('\n{')]);
  return new QuickReader().readFreeText(buffer, 2, 2 + line.length);
}

test(`nearly every event is read quickly (seed ${SEED})`, () => {
  const quick = events.filter((line) => read(line).quick !== undefined);
  expect(quick.length / events.length).toBeGreaterThan(0.9);
});

test(`an event that is read quickly is the one that is there (seed ${SEED})`, () => {
  for (const line of lines) {
    const { quick, slow } = read(line);
    if (quick) expect(quick).toEqual(slow);
  }
});

const PIECES = [
  ...[
    '"',
    '\\',
    '\\"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '-',
    '0',
    '00',
    '1',
    '.5',
    'e3',
    ' ',
    '\t',
    '\u0000',
    'ä',
    '\u2028',
  ],
  ...[
    'true',
    'false',
    'null',
    '-true',
    '""',
    '{}',
    '[]',
    '-0',
    '123456789012345678',
    '"at":1,',
    '"kind":"x",',
    '"at"',
  ],
  ...['"writtenHash":"z"', '"reasonHash":"y",', '"details":{"reasonHash":"v"},', '"extension":{'],
  ...['"hash":"x","text":0', '"text":1', '/', '/01', '24:00', '-13-', '"zz":1', '\ud800', '\\u0041', 'Z"'],
];

/** The same line with one or two places changed. */
function changed(line: Buffer, draw: Random): Buffer {
  let bytes = line;
  for (let times = 1 + draw(2); times > 0; times -= 1) {
    const at = draw(bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + draw(4))];
    const piece = draw(3) === 0 ? '' : (PIECES[draw(PIECES.length)] ?? '');
    bytes = Buffer.concat([before, Buffer.from(piece), after]);
  }
  return bytes;
}

test(`an entry that is read quickly after a change is read in the same way by both (seed ${SEED})`, () => {
  let both = 0;
  for (let times = 0; times < CHANGES; times += 1) {
    const line = changed(lines[random(lines.length)] ?? Buffer.of(), random);
    if (line.includes(10)) continue;
    const { quick, slow } = read(line);
    if (!quick) continue;
    both += 1;
    if (JSON.stringify(quick) !== JSON.stringify(slow))
      expect({ line: line.toString(), quick }).toEqual({ line: line.toString(), quick: slow });
  }
  expect(both).toBeGreaterThan(CHANGES / 100);
});

test('a line with a text of a person is read in the same way by both, after a change of one byte too', () => {
  const usual = {
    ...{ id: 'req_1/question/3', request: 'req_1', kind: 'question', seq: 3 },
    ...{ salt: 'c2FsdA', body: 'Is it the last "one"?' },
  };
  const plainLine = JSON.stringify({ ...usual, body: 'Is it the last one?' });
  const found = hash('sha256', 'c2FsdA\nIs it the last one?', 'hex');
  const { salt: _salt, body: _body, ...own } = usual;
  expect(readText(Buffer.from(plainLine))).toEqual({ ...own, hash: found });
  expect(readText(Buffer.from(plainLine.replace('"seq":3', '"seq":null')))).toMatchObject({ seq: null });
  expect(readText(Buffer.from(JSON.stringify(usual)))).toBeUndefined();
  for (let at = 0; at < plainLine.length; at += 1)
    for (const piece of ['', '"', '\\', '0', '{', ',', 'ä']) {
      const line = plainLine.slice(0, at) + piece + plainLine.slice(at + 1);
      const quick = readText(Buffer.from(line));
      if (!quick) continue;
      const { salt, body, ...its } = JSON.parse(line);
      expect(JSON.stringify(JSON.parse(line))).toBe(line);
      expect(quick).toEqual({ ...its, hash: hash('sha256', `${salt}\n${body}`, 'hex') });
    }
});

describe('an event is left to the usual way', () => {
  const EVENT =
    '{"at":"2026-11-28T10:00:00.000Z","body":{"at":1795860000000,"kind":"approved"},"id":"req_1/2","step":"s","type":"event","via":"slack"}';
  test.each([
    ['with a name twice', '"kind":"approved"', '"kind":"approved","kind":"approved"'],
    [
      'with names that are not in order',
      '"at":1795860000000,"kind":"approved"',
      '"kind":"approved","at":1795860000000',
    ],
    ['with a negative zero', '1795860000000', '-0'],
    ['with a zero before a number', '1795860000000', '01'],
    ['with a fraction', '1795860000000', '1.5'],
    ['with a number that is not exact', '1795860000000', '17958600000000000'],
    ['with a word after a number that is too long', '1795860000000', '17958600000000000true'],
    ['with a word after a zero too many', '1795860000000', '00null'],
    ['with white space', '"body":{', '"body": {'],
    ['with an escaped letter', 'approved', 'appro\\u0076ed'],
    ['with another field', '"step":"s"', '"step":"s","t":1'],
    ['of a day that does not exist', '2026-11-28', '2026-13-28'],
    ['of an hour that does not exist', '10:00:00.000Z', '24:00:00.000Z'],
    ['with a number that begins with a zero in its id', 'req_1/2', 'req_1/02'],
    ['with a number in the place of a hash', '"kind":"approved"', '"kind":"approved","writtenHash":1'],
    ['without a number in its id', 'req_1/2', 'req_1'],
    ['with a body that is elsewhere', '"at":1795860000000,"kind":"approved"', '"sha256":"aa"'],
    [
      'with two hashes of one text',
      '"kind":"approved"',
      '"kind":"approved","x":[{"hash":"a","text":0},{"hash":"b","text":0}]',
    ],
  ])('%s', (_what, before, after) => {
    expect(read(Buffer.from(EVENT)).quick).toBeDefined();
    expect(EVENT).toContain(before);
    expect(read(Buffer.from(EVENT.replace(before, after))).quick).toBeUndefined();
  });
});
