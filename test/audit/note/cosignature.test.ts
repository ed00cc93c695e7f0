import { sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { cosign, openCosignatures, withCosigned } from '../../../audit/note/cosignature.ts';
import { checkpointText } from '../../../audit/note/checkpoint.ts';
import { signatureLine } from '../../../audit/note/note.ts';
import { openNote } from '../../../audit/note/open.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { keyOf, trusted, updateOf } from '../log.fixture.ts';

const AT = 1_679_315_147;
const witness = { name: 'witness.example/w1', privateKey: keyOf('witness') };
const key = verifierKey(witness.name, witness.privateKey, 'cosignature');
const { note, checkpoint } = updateOf(3);
const text = checkpointText(checkpoint);
const line = cosign(text, witness, AT);

const lineWith = (at: bigint, privateKey = witness.privateKey) => {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(at);
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${at}\n${text}`), privateKey);
  return signatureLine({ name: key.name, id: key.id, bytes: Buffer.concat([time, signature]) });
};

describe('a cosignature', () => {
  test('signs the two lines and the text that https://c2sp.org/tlog-cosignature shows', () => {
    expect(line).toBe(lineWith(BigInt(AT)));
    expect(openCosignatures(text, line, [key])).toEqual({ ok: true, value: [{ key, at: AT, line }] });
  });

  test('can have the last time that a date can hold', () => {
    const last = lineWith(8_640_000_000_000n);
    expect(openCosignatures(text, last, [key])).toMatchObject({ value: [{ at: 8_640_000_000_000 }] });
  });

  test('lines of other witnesses, also of one with the same name, are skipped', () => {
    const others = [
      { name: 'w2', privateKey: witness.privateKey },
      { ...witness, privateKey: keyOf('w3') },
    ];
    const lines = [...others.map((each) => cosign(text, each, AT)), line].join('');
    expect(openCosignatures(text, lines, [key])).toMatchObject({ ok: true, value: [{ line }] });
  });

  test('a witness that answers with many lines of one key has one cosignature: the first one', () => {
    const many = [line, ...Array.from({ length: 99 }, (_, more) => cosign(text, witness, AT + more + 1))];
    expect(openCosignatures(text, many.join(''), [key])).toEqual({
      ok: true,
      value: [{ key, at: AT, line }],
    });
  });

  test.each<[why: string, lines: string, error: string]>([
    ['it is of another checkpoint', cosign(text.replace('\n3\n', '\n4\n'), witness, AT), 'is wrong'],
    ['another key signed it under this id', lineWith(BigInt(AT), keyOf('w2')), 'is wrong'],
    ['it has no time', lineWith(0n), 'is wrong'],
    ['its time is more than a date can hold', lineWith(8_640_000_000_001n), 'is wrong'],
    ['its time is more than a number can hold', lineWith(2n ** 63n), 'is wrong'],
    ['a good one is followed by a wrong one', line + lineWith(0n), 'is wrong'],
    [
      'only an unknown witness signed',
      cosign(text, { ...witness, name: 'w9' }, AT),
      'no key that is trusted',
    ],
    ['there is none', '', 'no signature line'],
    ['it is a page', '<!doctype html>\n', 'no signature line'],
    ['there is a note in it', note, 'no signature line'],
  ])('does not count when %s', (_why, lines, error) => {
    expect(openCosignatures(text, lines, [key])).toEqual({
      ok: false,
      error: expect.stringContaining(error),
    });
  });

  test('a key of a log makes no cosignature, and a cosignature is no signature of the log', () => {
    const asLog = verifierKey(witness.name, witness.privateKey);
    expect(openCosignatures(text, line, [asLog])).toMatchObject({ ok: false });
    expect(openNote(`${text}\n${line}`, [asLog])).toMatchObject({ ok: false });
  });

  test('a note can have cosignatures below it, each once', () => {
    const cosigned = withCosigned(note, [line, line]);
    expect(cosigned).toBe(note + line);
    expect(withCosigned(cosigned, [line])).toBe(cosigned);
    expect(openNote(cosigned, [...trusted, key])).toMatchObject({ value: { signedBy: [trusted[0], key] } });
    expect(openNote(cosigned, trusted)).toMatchObject({ ok: true });
    expect(withCosigned(note, [])).toBe(note);
  });

  test('a note has one cosignature of each key, also when many of one key are stored', () => {
    const other = cosign(text, { name: 'w2', privateKey: keyOf('w2') }, AT);
    const many = Array.from({ length: 200 }, (_, at) => cosign(text, witness, AT + at));
    expect(withCosigned(note, [...many, other])).toBe(note + line + other);
  });

  test('a note never has more lines than a reader takes, whoever cosigned it', () => {
    const many = Array.from({ length: 200 }, (_, at) => cosign(text, { ...witness, name: `w${at}` }, AT));
    const cosigned = withCosigned(note, many);
    expect(openNote(cosigned, trusted)).toMatchObject({ ok: true, value: { unknown: { length: 99 } } });
  });

  test.each<[what: string, line: string]>([
    ['is no signature line', 'a page\n'],
    ['is the signature of a log', note.slice(note.lastIndexOf('\u2014'))],
    ['has a time that no date can hold', lineWith(8_640_000_000_001n)],
    ['has no time', lineWith(0n)],
  ])('a stored line that %s is not below a note, and the next one of its key is', (_what, stored) => {
    expect(withCosigned(note, [stored, line])).toBe(note + line);
  });

  test('what is no note stays as it is', () => {
    expect(withCosigned('a page\n', [line])).toBe('a page\n');
  });
});
