import { sign as signBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { entryName, type ManifestEntry, parseEntryName } from '../../manifest/entry.ts';
import { parsePrivateKey, parsePublicKey, publicKeyText } from '../../manifest/keys.ts';
import { open, sign } from '../../manifest/signature.ts';
import { holds } from '../laws.fixture.ts';
import { entryOf, foreign, leaseNamed, ours } from './manifest.fixture.ts';

const anyEntry: fc.Arbitrary<ManifestEntry> = fc
  .record({
    serial: fc.integer({ min: 1 }),
    state: fc.constantFrom('live', 'over'),
    spec: fc.jsonValue(),
    prior: fc.string({ minLength: 1 }),
    level: fc.string({ minLength: 1, unit: 'grapheme' }),
  })
  .map((overrides) => entryOf(JSON.parse(JSON.stringify(overrides)) as Partial<ManifestEntry>));

describe('the signature of an entry', () => {
  holds('what is signed can be opened with the public key, and is the same entry', anyEntry, (entry) => {
    expect(open(sign(entry, ours.privateKey), [foreign.publicKey, ours.publicKey])).toEqual({
      ok: true,
      value: entry,
    });
  });

  holds(
    'one changed character of the text is never another entry (I25)',
    fc.tuple(anyEntry, fc.nat({ max: 2_000 }), fc.string({ minLength: 1, maxLength: 1 })),
    ([entry, at, character]) => {
      const text = sign(entry, ours.privateKey);
      const place = at % text.length;
      const changed = text.slice(0, place) + character + text.slice(place + 1);
      const opened = open(changed, [ours.publicKey]);
      // White space between the parts, or another spelling of one character, changes nothing that is signed.
      if (opened.ok) expect(opened.value).toEqual(entry);
    },
  );

  const text = sign(entryOf(), ours.privateKey);
  const { entry, signature } = JSON.parse(text) as { entry: object; signature: string };
  test.each<[why: string, text: string, error: string]>([
    ['another key signed it', sign(entryOf(), foreign.privateKey), 'no key that is configured signed it'],
    ['its end was moved', JSON.stringify({ entry: { ...entry, endsAt: 0 }, signature }), 'no key'],
    ['a field was added', JSON.stringify({ entry: { ...entry, more: 1 }, signature }), 'no key'],
    ['it has no signature', JSON.stringify({ entry }), 'it is not a signed object'],
    ['its signature is empty', JSON.stringify({ entry, signature: '' }), 'no key'],
    ['it is not JSON', '{', 'it is not a signed object'],
    ['a number in it is infinite', '{"entry": 1e999, "signature": ""}', 'it is not a signed object'],
    [
      'it is nested too deep',
      `{"signature": "", "entry": ${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'it is not',
    ],
    ['it is empty', '', 'it is not a signed object'],
    ['it is null', 'null', 'it is not a signed object'],
  ])('does not count when %s', (_why, altered, error) => {
    expect(open(altered, [ours.publicKey])).toMatchObject({
      ok: false,
      error: expect.stringContaining(error),
    });
  });

  test('a signature of the same key over the entry alone, as for another purpose, does not count', () => {
    const canonical = canonicalize as unknown as (value: unknown) => string;
    const other = signBytes(null, Buffer.from(canonical(entry)), ours.privateKey).toString('base64');
    expect(open(JSON.stringify({ entry, signature: other }), [ours.publicKey])).toMatchObject({
      error: expect.stringContaining('no key that is configured signed it'),
    });
  });

  test('no key opens anything when none is configured', () => {
    expect(open(text, [])).toMatchObject({ ok: false });
  });

  test('a field that a newer version writes is signed and skipped', () => {
    const newer = { ...entryOf(), newer: true } as ManifestEntry;
    expect(open(sign(newer, ours.privateKey), [ours.publicKey])).toEqual({ ok: true, value: entryOf() });
  });

  test.each<[what: string, entry: Partial<ManifestEntry>]>([
    ['half of a surrogate pair', { spec: { resource: '\ud800' } }],
    ['no serial', { serial: 0 }],
    ['no level', { level: '' }],
    ['an end that is no number', { endsAt: Number.NaN as ManifestEntry['endsAt'] }],
  ])('an entry with %s is not signed', (_what, overrides) => {
    expect(() => sign(entryOf(overrides), ours.privateKey)).toThrow();
  });
});

describe('the name of an object', () => {
  holds(
    'it has the lease and the serial, and names of one lease sort by serial',
    fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()),
    ([one, other]) => {
      const nameOf = (serial: number) => entryName({ lease: leaseNamed('a'), serial });
      expect(parseEntryName(nameOf(one))).toEqual({ lease: leaseNamed('a'), serial: one });
      expect(nameOf(one) < nameOf(other)).toBe(one < other);
    },
  );

  test.each([
    '',
    'README.md',
    `${leaseNamed('a')}.json`,
    `${leaseNamed('a')}.1.json`,
    `../${leaseNamed('a')}.0000000000000001.json`,
    `x/${leaseNamed('a')}.0000000000000001.json`,
    `${leaseNamed('a')}.0000000000000001.json.bak`,
  ])('%j is not the name of an entry', (name) => {
    expect(parseEntryName(name)).toBeUndefined();
  });
});

describe('the keys', () => {
  test('the public key of a private key is 32 bytes in base64, and the same each time', () => {
    const text = publicKeyText(ours.privateKey);
    expect(Buffer.from(text, 'base64')).toHaveLength(32);
    expect(publicKeyText(ours.publicKey)).toBe(text);
  });

  test.each(['', 'short', `${'A'.repeat(43)}==`, 'a sentence that is not a key at all, but is long'])(
    'refuses %j, with a sentence that does not hold it',
    (text) => {
      for (const parsed of [parsePrivateKey(text), parsePublicKey(text)])
        expect(parsed).toEqual({ ok: false, error: expect.stringMatching(/^must be .*32 bytes in base64/) });
    },
  );
});
