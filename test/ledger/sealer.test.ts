import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { keyFor, sealerOf } from '../../ledger/sealer.ts';

const sealer = sealerOf(randomBytes(32));

test('a sealed text opens with its key, and has different bytes each time', () => {
  const [one, two] = [sealer.seal('pa$$wörd', 'a'), sealer.seal('pa$$wörd', 'a')];
  expect([sealer.open(one, 'a'), sealer.open(two, 'a')]).toEqual(['pa$$wörd', 'pa$$wörd']);
  expect(one.equals(two)).toBe(false);
  expect(one.toString('latin1')).not.toContain('pa$$');
});

test('a sealed text that was altered, cut or sealed with another key does not open', () => {
  const sealed = sealer.seal('secret', 'a');
  for (const index of sealed.keys()) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
    expect(() => sealer.open(altered, 'a')).toThrow();
    expect(() => sealer.open(sealed.subarray(0, index), 'a')).toThrow();
  }
  expect(() => sealerOf(randomBytes(32)).open(sealed, 'a')).toThrow(
    'it was sealed with a key that this process does not have',
  );
});

test('what any of several older keys sealed opens, and the newest key seals', () => {
  const [newest, older, oldest] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const rotated = sealerOf(newest, older, oldest);
  for (const key of [newest, older, oldest])
    expect(rotated.open(sealerOf(key).seal('secret', 'a'), 'a')).toBe('secret');
  expect(sealerOf(newest).open(rotated.seal('secret', 'a'), 'a')).toBe('secret');
});

test('a shorter authentication tag, which is easier to guess, does not open', () => {
  const sealed = sealer.seal('', 'a'); // its tag is at the end, so that it can be cut
  expect(sealer.open(sealed, 'a')).toBe('');
  for (let length = 1; length < 16; length += 1)
    expect(() => sealer.open(sealed.subarray(0, sealed.length - length), 'a')).toThrow();
});

test('a sealed text that was copied to another context does not open there (T46)', () => {
  const sealed = sealer.seal('secret', 'password lease_1 ana');
  expect(sealer.open(sealed, 'password lease_1 ana')).toBe('secret');
  for (const other of ['password lease_2 ana', 'password lease_1 bo', 'undo lease_1', ''])
    expect(() => sealer.open(sealed, other)).toThrow();
});

test('keys for two purposes that are made from one key do not open what the other one sealed', () => {
  const key = randomBytes(32);
  const sealed = sealerOf(keyFor(key, 'passwords')).seal('secret', 'a');
  expect(sealerOf(keyFor(key, 'passwords')).open(sealed, 'a')).toBe('secret');
  expect(() => sealerOf(keyFor(key, 'undo')).open(sealed, 'a')).toThrow();
  expect(() => sealerOf(key).open(sealed, 'a')).toThrow();
});

test('without a key nothing is sealed and nothing opens', () => {
  const none = sealerOf();
  expect(() => none.seal('pa$$', 'a')).toThrow('no key');
  expect(() => none.open(sealerOf(randomBytes(32)).seal('pa$$', 'a'), 'a')).toThrow('does not have');
});
