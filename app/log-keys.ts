import type { Signer } from '../audit/note/sign.ts';
import { parseVerifierKey, verifierKey, type VerifierKey } from '../audit/note/vkey.ts';
import { parsePrivateKey } from '../manifest/keys.ts';
import type { LogConnection } from './log-connection.ts';

/** The keys that sign the log, each under its name. */
export const signersOf = ({ name, keys }: LogConnection): readonly Signer[] =>
  keys.map((text) => {
    const key = parsePrivateKey(text);
    if (!key.ok) throw new Error(`a key of CURFEW_LOG_KEYS ${key.error}`);
    return { name, privateKey: key.value };
  });

/** The keys of which one must have signed a checkpoint that counts: those that are configured, and those that sign in this process. */
export function trustedKeys(log: LogConnection): readonly VerifierKey[] {
  const configured = log.publicKeys.map((text) => {
    const key = parseVerifierKey(text);
    if (!key.ok) throw new Error(`a key of CURFEW_LOG_PUBLIC_KEYS ${key.error}`);
    return key.value;
  });
  const own = signersOf(log).map(({ name, privateKey }) => verifierKey(name, privateKey));
  return [...new Map([...configured, ...own].map((key) => [key.text, key])).values()];
}
