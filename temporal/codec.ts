import type { Payload, PayloadCodec } from '@temporalio/common';

/** Encrypts and decrypts texts. It throws for a text that it did not encrypt. */
type Cipher = Readonly<{
  seal(text: string, context: string): Buffer;
  open(sealed: Buffer, context: string): string;
}>;

const ENCODING = Buffer.from('binary/encrypted');
const CONTEXT = 'temporal payload';

type Plain = Readonly<{ metadata: Readonly<Record<string, string>>; data: string }>;
const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');

/** What counts as nothing: `undefined`, as Temporal writes it. */
const NOTHING: Payload = { metadata: { encoding: Buffer.from('binary/null') } };

/**
 * Encrypts everything that Temporal keeps for us: the inputs and results of workflows and activities. A payload that is not
 * encrypted with our key counts as nothing, so nobody without the key can give a workflow or an activity an input (T11,
 * T41). It is not an error, because an error while a message is read would stop the workflow for ever.
 */
export const encryptedPayloads = (cipher: Cipher): PayloadCodec => ({
  encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypted(cipher, payload))),
  decode: async (payloads) => payloads.map((payload) => decrypted(cipher, payload)),
});

function encrypted(cipher: Cipher, { metadata, data }: Payload): Payload {
  const plain: Plain = {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
    ),
    data: base64(data),
  };
  return { metadata: { encoding: ENCODING }, data: cipher.seal(JSON.stringify(plain), CONTEXT) };
}

function decrypted(cipher: Cipher, { metadata, data }: Payload): Payload {
  if (!ENCODING.equals(metadata?.['encoding'] ?? Buffer.alloc(0))) return NOTHING;
  const plain = openedWith(cipher, data);
  if (!plain) return NOTHING;
  return {
    metadata: Object.fromEntries(
      Object.entries(plain.metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(plain.data, 'base64'),
  };
}

function openedWith(cipher: Cipher, data: Payload['data']): Plain | undefined {
  try {
    return JSON.parse(cipher.open(Buffer.from(data ?? []), CONTEXT)) as Plain;
  } catch {
    return undefined;
  }
}
