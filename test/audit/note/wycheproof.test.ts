import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { openNote } from '../../../audit/note/open.ts';
import { signatureLine } from '../../../audit/note/note.ts';
import { parseVerifierKey, verifierKey, verifyEd25519 } from '../../../audit/note/vkey.ts';

const FILE = '../shared/data/wycheproof/ed25519_test.json';
type Case = Readonly<{ tcId: number; msg: string; sig: string; result: string }>;
type Group = Readonly<{ publicKey: Readonly<{ pk: string }>; tests: readonly Case[] }>;
const groups = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as { testGroups: readonly Group[] }).testGroups
  : [];
if (groups.length === 0) console.info('skipped: no corpora');

/** The keys and messages of Wycheproof are any bytes. Those that can be the text of a note are opened as one. */
const canBeText = (bytes: Buffer): boolean => {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) && /^[^\u0000-\u0009\u000b-\u001f]*\n$/.test(text);
};

test('a signature counts exactly when Wycheproof says that it is valid', () => {
  const wrong = groups.flatMap(({ publicKey: { pk }, tests }) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(pk, 'hex').toString('base64url') };
    const key = verifierKey('w', createPublicKey({ key: jwk, format: 'jwk' }));
    expect(parseVerifierKey(key.text)).toMatchObject({ ok: true });
    return tests.filter(({ msg, sig, result }) => {
      const [message, signature] = [Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex')];
      const isValid = verifyEd25519(message, key.publicKey, signature);
      if (canBeText(message)) {
        const note = `${message.toString()}\n${signatureLine({ name: 'w', id: key.id, bytes: signature })}`;
        expect(openNote(note, [key]).ok).toBe(isValid);
      }
      return isValid !== (result === 'valid');
    });
  });
  expect(wrong).toEqual([]);
});
