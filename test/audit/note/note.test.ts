import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openCheckpoint, openNote } from '../../../audit/note/open.ts';
import { parseNote } from '../../../audit/note/note.ts';
import { signNote } from '../../../audit/note/sign.ts';
import { parseVerifierKey, verifierKey } from '../../../audit/note/vkey.ts';
import { parsePrivateKey } from '../../../manifest/keys.ts';
import { holds } from '../../laws.fixture.ts';
import { keyOf, LOG_NAME, logKey, noteOf, trusted, updateOf } from '../log.fixture.ts';

const known = (text: string) => {
  const key = parseVerifierKey(text);
  if (!key.ok) throw new Error(key.error);
  return key.value;
};

// The example of https://c2sp.org/signed-note
const SPEC_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE =
  'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

// The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note. The private key is the part after the name and the id, without its first byte.
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_PRIVATE = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64')
  .subarray(1)
  .toString('base64');
const GO_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_NOTE = `${GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

describe('the examples of others', () => {
  test.each([
    ['C2SP', SPEC_NOTE, SPEC_KEY],
    ['Go', GO_NOTE, GO_KEY],
  ])('the note of %s opens with its key', (_whose, note, key) => {
    expect(openNote(note, [known(key)])).toMatchObject({ ok: true, value: { signedBy: [{ text: key }] } });
  });

  test('the private key of Go signs the same note, and has the same public key', () => {
    const key = parsePrivateKey(GO_PRIVATE);
    if (!key.ok) throw new Error(key.error);
    expect(signNote(GO_TEXT, [{ name: 'PeterNeumann', privateKey: key.value }])).toBe(GO_NOTE);
    expect(verifierKey('PeterNeumann', key.value).text).toBe(GO_KEY);
  });
});

describe('a signed note', () => {
  const other = keyOf('other');
  const note = signNote('text\n', [
    { name: 'a.example/log', privateKey: logKey },
    { name: 'b.example', privateKey: other },
  ]);
  const lines = note.split('\n').slice(2, -1);
  const keyA = verifierKey('a.example/log', logKey);
  const keyB = verifierKey('b.example', other);

  test('has the keys that signed it, and the lines of keys that nobody configured', () => {
    expect(openNote(note, [keyA])).toEqual({
      ok: true,
      value: { text: 'text\n', signedBy: [keyA], unknown: [expect.objectContaining({ name: 'b.example' })] },
    });
    expect(openNote(note, [keyB, keyA])).toMatchObject({ value: { signedBy: [keyA, keyB], unknown: [] } });
  });

  test('counts when one of several keys of one name signed it', () => {
    const rotated = [verifierKey('a.example/log', keyOf('older')), keyA, verifierKey('a.example/log', other)];
    expect(openNote(note, rotated)).toMatchObject({ value: { signedBy: [keyA] } });
  });

  test('a text with empty lines ends at the last empty line', () => {
    const text = 'one\n\ntwo\n\n\nthree\n';
    const signed = signNote(text, [{ name: 'a', privateKey: logKey }]);
    expect(openNote(signed, [verifierKey('a', logKey)])).toMatchObject({ value: { text } });
  });

  const [first = '', second = ''] = lines;
  const many = (count: number) => `text\n\n${`${first}\n`.repeat(count)}`;
  test.each<[why: string, note: string, error: string]>([
    ['no key that is trusted signed it', note, 'no key that is trusted signed it'],
    ['its text was changed', note.replace('text', 'next'), 'no key that is trusted signed it'],
    ['it has no signature', 'text\n\n', 'it has no signature line'],
    ['it has no empty line', `text\n${first}\n`, 'it has no empty line before'],
    ['its last line has no newline', note.slice(0, -1), 'it has no signature line that ends with a newline'],
    ['it has a hyphen for the dash', note.replace('\u2014', '-'), 'no signature line'],
    ['a line has two spaces', note.replace(' b.example ', ' b.example  '), 'no signature line'],
    ['a line has no name', 'text\n\n\u2014  AAAAAAA=\n', 'no signature line'],
    ['a line has a plus in its name', 'text\n\n\u2014 a+b AAAAAAA=\n', 'no signature line'],
    ['a signature has no more than the id of the key', 'text\n\n\u2014 a AAAAAA==\n', 'no signature line'],
    [
      'a signature has another alphabet',
      `text\n\n${first.slice(0, -9)}_${first.slice(-8)}\n`,
      'no signature line',
    ],
    ['a signature has no padding', `text\n\n${first.replace(/=+$/, '')}\n`, 'no signature line'],
    ['it has a carriage return', note.replace('text', 'te\rxt'), 'has a character that no note has'],
    ['it has a tab', note.replace('text', 'te\txt'), 'has a character that no note has'],
    ['it has a NUL', note.replace('text', 'te\u0000xt'), 'has a character that no note has'],
    ['it has half of a surrogate pair', note.replace('text', '\ud800'), 'has a character that no note has'],
    ['it has more than 100 signatures', many(101), 'more than 100 signature lines'],
    ['it is too long', 'x'.repeat(1_000_001), 'it is too long'],
    ['it is empty', '', 'no empty line'],
  ])('does not count when %s', (_why, altered, error) => {
    expect(openNote(altered, [verifierKey('a', other)])).toEqual({
      ok: false,
      error: expect.stringContaining(error),
    });
  });

  test('a wrong signature by a known key spoils a note that another known key signed', () => {
    const wrong = `text\n\n${first}\n${second.slice(0, -6)}AAAAA=\n`;
    expect(openNote(wrong, [keyA])).toMatchObject({ ok: true });
    expect(openNote(wrong, [keyA, keyB])).toEqual({
      ok: false,
      error: expect.stringMatching(/^its signature by b.example \(key [0-9a-f]{8}\) is wrong$/),
    });
  });

  test('a hundred signatures are read', () => {
    expect(parseNote(many(100))).toMatchObject({ ok: true });
  });

  test('only a text that a note can have is signed', () => {
    const signer = { name: 'a', privateKey: logKey };
    expect(() => signNote('no newline', [signer])).toThrow('ends with a newline');
    expect(() => signNote('a\ttab\n', [signer])).toThrow('has a character that no note has');
    expect(() => signNote('text\n', [])).toThrow('no signature line');
    expect(() => signNote('text\n', [{ ...signer, name: 'a b' }])).toThrow('cannot be the name of a key');
  });

  holds(
    'any text of lines opens as it was signed',
    fc.array(
      fc.string({ unit: 'grapheme' }).filter((line) => line.isWellFormed() && !/[\u0000-\u001f]/.test(line)),
      {
        minLength: 1,
      },
    ),
    (all) => {
      const text = `${all.join('\n')}\n`;
      const opened = openNote(signNote(text, [{ name: LOG_NAME, privateKey: logKey }]), trusted);
      expect(opened).toMatchObject({ ok: true, value: { text } });
    },
  );

  holds(
    'one changed character is never another checkpoint',
    fc.tuple(fc.nat({ max: 400 }), fc.string({ minLength: 1, maxLength: 1 })),
    ([at, character]) => {
      const { note: good, checkpoint } = updateOf(3);
      const place = at % good.length;
      const opened = openCheckpoint(good.slice(0, place) + character + good.slice(place + 1), trusted);
      if (opened.ok) expect(opened.value).toEqual(checkpoint);
    },
  );

  holds('whatever the text is, reading it does not throw', fc.string({ unit: 'binary' }), (text) => {
    for (const each of [text, `${text}\n\n${text}`, `${text}\n\n\u2014 ${text}\n`])
      expect(openCheckpoint(each, trusted).ok).toBe(false);
  });
});

describe('a verifier key', () => {
  test('a base64 with a plus in it is read (the key of sum.golang.org)', () => {
    const text = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect(parseVerifierKey(text)).toMatchObject({ ok: true, value: { name: 'sum.golang.org', text } });
  });

  test('the same key has another id for cosignatures', () => {
    const [note, cosignature] = [verifierKey('w', logKey), verifierKey('w', logKey, 'cosignature')];
    expect(note.id).not.toBe(cosignature.id);
    for (const each of [note, cosignature])
      expect(parseVerifierKey(each.text)).toMatchObject({ value: { type: each.type, id: each.id } });
  });

  test.each<[why: string, text: string, error: string]>([
    ['is empty', '', 'must be a verifier key'],
    ['has no name', SPEC_KEY.replace('example.com/foo', ''), 'must be a verifier key'],
    ['has a space in its name', SPEC_KEY.replace('/', ' '), 'must be a verifier key'],
    ['has no id', 'example.com/foo+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'must be a verifier key'],
    ['has an id in capitals', SPEC_KEY.replace('530d903a', '530D903A'), 'must be a verifier key'],
    [
      'has the id of another key',
      SPEC_KEY.replace('530d903a', '530d903b'),
      'but the id of this key is 530d903a',
    ],
    ['has another name', SPEC_KEY.replace('foo', 'bar'), 'but the id of this key is'],
    ['is of the type for ECDSA', SPEC_KEY.replace('Aeky', 'Aukz'), 'has the type 2'],
    ['is too short', SPEC_KEY.slice(0, -4), 'has no 32 bytes'],
    ['is not base64', SPEC_KEY.replace('Aeky', 'A*ky'), 'must be a verifier key'],
  ])('is refused when it %s', (_why, text, error) => {
    expect(parseVerifierKey(text)).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  test('only an Ed25519 key with a name is one', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => verifierKey('a', privateKey)).toThrow('only an Ed25519 key signs a note');
    expect(() => verifierKey('', logKey)).toThrow('cannot be the name of a key');
  });
});

describe('the signature of a log', () => {
  test('a checkpoint counts when the key of the new or of the old generation signed it', () => {
    const { checkpoint } = updateOf(3);
    const next = keyOf('next');
    for (const key of [logKey, next])
      expect(openCheckpoint(noteOf(checkpoint, key), [...trusted, verifierKey(LOG_NAME, next)])).toEqual({
        ok: true,
        value: checkpoint,
      });
  });

  test('a checkpoint with the origin of another log does not count, although our key signed it', () => {
    const checkpoint = { ...updateOf(3).checkpoint, origin: 'other.example.com/log' };
    expect(openCheckpoint(noteOf(checkpoint), trusted)).toEqual({
      ok: false,
      error: 'it is a checkpoint of another log, other.example.com/log',
    });
  });
});
