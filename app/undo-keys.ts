import { sealerOf } from '../ledger/sealer.ts';
import type { UndoSealers } from '../requests/undo.ts';
import type { Parts } from './login-check.ts';

/**
 * The undo keys, by the name of their provider. They seal what a revocation needs while the ledger is unavailable. The first
 * key of a provider seals, and the others open what was sealed before. They are made from no other key, so only the
 * processes of a provider and the sweeper can have its key (T41).
 */
export type UndoKeys = ReadonlyMap<string, readonly Uint8Array[]>;

export const undoSealersOf = (keys: UndoKeys): UndoSealers =>
  new Map(
    [...keys].flatMap(([provider, [key, ...older]]) =>
      key ? [[provider, sealerOf(key, ...older)] as const] : [],
    ),
  );

/** Why a process with these parts does not start with these keys, or undefined. */
export function undoKeysProblem(
  keys: UndoKeys,
  { providers, sweeper }: Pick<Parts, 'providers' | 'sweeper'>,
): string | undefined {
  const missing = providers.filter((name) => !keys.has(name));
  if (missing.length > 0)
    return [
      `CURFEW_UNDO_KEYS has no key for ${missing.join(', ')}. With it a revocation is on time also while the ledger is unavailable.`,
      '  to do: make one key for each provider with "openssl rand -base64 32", and give it to all processes of that provider:',
      `    CURFEW_UNDO_KEYS=${missing.map((name) => `${name}=<key>`).join(',')}`,
    ].join('\n');
  const foreign = [...keys.keys()].filter((name) => !providers.includes(name));
  if (foreign.length > 0 && !sweeper)
    return [
      `CURFEW_UNDO_KEYS has a key for ${foreign.join(', ')}, and this process does not run that provider.`,
      '  to do: leave the key out here. Only the processes of a provider and the sweeper may have its key.',
    ].join('\n');
  return undefined;
}
