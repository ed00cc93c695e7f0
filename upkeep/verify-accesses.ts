import { messageOf } from '../core/faults.ts';
import { WAITS } from '../core/waits.ts';
import type { Deps } from '../requests/deps.ts';
import { verifyAccess } from '../requests/verify-access.ts';
import { type Busy, workThrough } from './work-through.ts';

/** An access that could not be verified yet, by the key of its lock. */
export type UnverifiedAccess = Readonly<{ access: string; why: string }>;

/** Verifies each access that may differ from the ledger. Returns those that could not be verified yet. */
export async function verifyDoubtfulAccesses({
  ledger,
  ...deps
}: Deps): Promise<readonly UnverifiedAccess[]> {
  const failures: UnverifiedAccess[] = [];
  await workThrough(
    deps.providers,
    async (busy: Busy<string>) => {
      const verification = await ledger.takeVerification({ keys: busy.ids, providers: busy.providers });
      return verification ? [{ ...verification, id: verification.key }] : [];
    },
    async (verification) => {
      try {
        await verifyAccess({ ledger, ...deps }, verification.key, AbortSignal.timeout(WAITS.attempt.ms));
        await ledger.endVerification(verification);
      } catch (error) {
        failures.push({ access: verification.key.replaceAll('\n', ' '), why: messageOf(error) });
      }
    },
  );
  return failures;
}
