import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { keyFor, sealerOf } from '../../ledger/sealer.ts';
import { encryptedPayloads } from '../../temporal/codec.ts';

const [key, older] = [randomBytes(32), randomBytes(32)];
const codec = encryptedPayloads(sealerOf(key, older));
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
const roundTrip = async (from: typeof codec, to: typeof codec, value: unknown) => {
  const [decoded] = await to.decode(await from.encode([payloadOf(value)]));
  return defaultPayloadConverter.fromPayload(decoded as Payload);
};

describe('a payload for Temporal', () => {
  test.each([
    [{ request: 'req_1', deep: [1, 'ü', null] }],
    ['text'],
    [0],
    [undefined],
    [new Uint8Array([0, 255])],
  ])('is the same after it was encrypted and decrypted: %j', async (value) =>
    expect(await roundTrip(codec, codec, value)).toEqual(value),
  );

  test('shows neither its value nor what kind of value it is', async () => {
    const [encoded] = await codec.encode([payloadOf({ canary: 4312 })]);
    expect(Buffer.from(encoded?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
    expect(Object.keys(encoded?.metadata ?? {})).toEqual(['encoding']);
    expect(Buffer.from(encoded?.data ?? []).toString('latin1')).not.toMatch(/canary|json/);
  });

  test('that was encrypted with an older key is decrypted, and new ones have the new key', async () => {
    const before = encryptedPayloads(sealerOf(older));
    expect(await roundTrip(before, codec, 'kept')).toBe('kept');
    expect(await roundTrip(codec, before, 'new')).toBeUndefined();
  });

  test.each<[string, (plain: Payload, encoded: Payload) => Payload]>([
    ['is not encrypted', (plain) => plain],
    ['has no bytes', () => ({})],
    ['only says that it is encrypted', (plain) => ({ ...plain, ...ENCRYPTED })],
    [
      'was sealed for something else',
      () => ({ ...ENCRYPTED, data: sealerOf(key).seal('{"metadata":{},"data":""}', 'undo lease_1') }),
    ],
    ['was altered', (_plain, encoded) => ({ ...encoded, data: altered(encoded.data) })],
  ])('that %s counts as nothing, and is no error', async (_what, forge) => {
    const plain = payloadOf('forged');
    const [encoded] = await codec.encode([plain]);
    const [decoded] = await codec.decode([forge(plain, encoded as Payload)]);
    expect(defaultPayloadConverter.fromPayload(decoded as Payload)).toBeUndefined();
  });

  test('cannot be made with the key of another purpose', async () => {
    const [passwords, temporal] = ['passwords', 'temporal'].map((purpose) => sealerOf(keyFor(key, purpose)));
    if (!passwords || !temporal) throw new Error('no keys');
    expect(await roundTrip(encryptedPayloads(passwords), encryptedPayloads(temporal), 1)).toBeUndefined();
  });
});

const ENCRYPTED = { metadata: { encoding: Buffer.from('binary/encrypted') } };

/** The same bytes, but for one bit of the last one. */
function altered(data: Payload['data']): Buffer {
  const bytes = Buffer.from(data ?? []);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes;
}
