import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { sealerOf } from '../../ledger/sealer.ts';

const sealer = sealerOf(randomBytes(32));

test('a sealed text opens with its key, and has different bytes each time', () => {
  const [one, two] = [sealer.seal('pa$$wörd'), sealer.seal('pa$$wörd')];
  expect([sealer.open(one), sealer.open(two)]).toEqual(['pa$$wörd', 'pa$$wörd']);
  expect(one.equals(two)).toBe(false);
  expect(one.toString('latin1')).not.toContain('pa$$');
});

test('a sealed text that was altered, cut or sealed with another key does not open', () => {
  const sealed = sealer.seal('secret');
  for (const index of sealed.keys()) {
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
    expect(() => sealer.open(altered)).toThrow();
    expect(() => sealer.open(sealed.subarray(0, index))).toThrow();
  }
  expect(() => sealerOf(randomBytes(32)).open(sealed)).toThrow();
});

test('a shorter authentication tag, which is easier to guess, does not open', () => {
  const sealed = sealer.seal(''); // its tag is at the end, so that it can be cut
  expect(sealer.open(sealed)).toBe('');
  for (let length = 1; length < 16; length += 1)
    expect(() => sealer.open(sealed.subarray(0, sealed.length - length))).toThrow();
});
