import { messageOf } from '../core/faults.ts';
import { publicKeyText } from '../manifest/keys.ts';
import { readManifest } from '../manifest/read.ts';
import type { Deps } from '../requests/deps.ts';
import type { Finding } from './findings.ts';
import { onlyCurfewEnds } from './manifest.ts';

const PART = 'manifest';
const MOST_NAMED = 3;

/** Whether the manifest can be read, what is wrong with it, and whether the ledger is in quarantine. */
export async function examineManifest(deps: Deps, signal: AbortSignal): Promise<readonly Finding[]> {
  const found = await Promise.all([store(deps, signal), quarantine(deps)]);
  return found.flat();
}

async function store(
  { manifest, policy, providers }: Deps,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needing = await onlyCurfewEnds(policy, providers);
  if (!manifest) {
    if (needing.length === 0)
      return [
        { part: PART, state: 'note', what: 'It is not configured, and nothing in the catalogue needs it.' },
      ];
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
    const { entries, problems } = await readManifest(manifest.store, manifest.publicKeys, signal);
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

/** That the ledger cannot be read is a finding of its own. */
async function quarantine({ ledger }: Deps): Promise<readonly Finding[]> {
  const open = await ledger.readQuarantine().catch(() => undefined);
  if (!open) return [];
  return [
    {
      part: 'ledger',
      state: 'broken',
      what: `It is in quarantine, so nothing is granted: ${open.reason}. "curfew quarantine" shows the plan.`,
    },
  ];
}
