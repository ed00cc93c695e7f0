import { messageOf } from '../core/faults.ts';
import type { Quarantine } from '../ledger/index.ts';
import { publicKeyText } from '../manifest/keys.ts';
import { readManifest } from '../manifest/read.ts';
import type { Deps } from '../requests/deps.ts';
import type { Finding } from './findings.ts';
import { onlyCurfewEnds } from './manifest.ts';

const PART = 'manifest';
const MOST_NAMED = 3;

/** Whether the manifest can be read, and what is wrong with it. Nothing is said where nothing needs it and none is configured. */
export async function examineManifest(
  { manifest, policy, providers }: Deps,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  const needing = await onlyCurfewEnds(policy, providers);
  if (!manifest) {
    if (needing.length === 0) return [];
    const named = needing.slice(0, MOST_NAMED).join(', ');
    const more = needing.length > MOST_NAMED ? ` and ${needing.length - MOST_NAMED} more` : '';
    return [
      {
        part: PART,
        state: 'broken',
        what: `CURFEW_MANIFEST is not set. What only Curfew ends is not granted without it: ${named}${more}.`,
      },
    ];
  }
  try {
    const { entries, problems } = await readManifest(
      manifest.store,
      manifest.publicKeys,
      AbortSignal.timeout(timeoutMs),
    );
    const live = entries.filter(({ state }) => state === 'live').length;
    return [
      {
        part: PART,
        state: 'ok',
        what: `It has ${live} live ${live === 1 ? 'lease' : 'leases'}. Its public key is ${publicKeyText(manifest.privateKey)}.`,
      },
      ...problems.map((what): Finding => ({
        part: PART,
        state: 'warning',
        what: `A foreign object: ${what}.`,
      })),
    ];
  } catch (error) {
    return [{ part: PART, state: 'broken', what: messageOf(error) }];
  }
}

export const inQuarantine = ({ reason }: Pick<Quarantine, 'reason'>): Finding => ({
  part: 'ledger',
  state: 'broken',
  what: `It is in quarantine, so nothing is granted: ${reason}. "curfew quarantine" shows the plan.`,
});
