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
    await expect(roundTrip(codec, before, 'new')).rejects.toThrow('a key that this process does not have');
  });

  test('that is not encrypted, was altered or was sealed for something else is refused', async () => {
    const plain = payloadOf('forged');
    await expect(codec.decode([plain])).rejects.toThrow('not encrypted');
    const pretended = { ...plain, metadata: { encoding: Buffer.from('binary/encrypted') } };
    await expect(codec.decode([pretended])).rejects.toThrow();
    const elsewhere = { ...pretended, data: sealerOf(key).seal('{"metadata":{},"data":""}', 'undo lease_1') };
    await expect(codec.decode([elsewhere])).rejects.toThrow();
    const [encoded] = await codec.encode([plain]);
    const altered = Buffer.from(encoded?.data ?? []);
    altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
    await expect(codec.decode([{ ...encoded, data: altered }])).rejects.toThrow();
  });

  test('cannot be made with the key of another purpose', async () => {
    const [passwords, temporal] = ['passwords', 'temporal'].map((purpose) => sealerOf(keyFor(key, purpose)));
    if (!passwords || !temporal) throw new Error('no keys');
    await expect(roundTrip(encryptedPayloads(passwords), encryptedPayloads(temporal), 1)).rejects.toThrow();
  });
});
