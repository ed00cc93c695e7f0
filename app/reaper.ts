import { setMaxListeners } from 'node:events';
import type { KeyObject } from 'node:crypto';
import { messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { WAITS } from '../core/waits.ts';
import type { ManifestEntry } from '../manifest/entry.ts';
import { openStore } from '../manifest/open-store.ts';
import { type Manifest, readManifest } from '../manifest/read.ts';
import type { AwsIamDeps } from '../providers/aws-iam/client.ts';
import { createRemovers, type ProviderDeps } from '../providers/index.ts';
import type { Remover } from '../providers/provider.ts';
import type { ReapDeps } from '../reaper/reap.ts';
import { openThrottles } from '../reaper/throttles.ts';
import { verifiedEnds } from '../reaper/verified.ts';
import { type Finding, findingsOf } from './findings.ts';

/** The settings of the reaper. It has none of the ledger, of Temporal, of Slack and no secret key. */
export type ReaperSettings = Readonly<{
  providers: ProviderDeps;
  manifest: Readonly<{ where: string; region?: string; endpoint?: string }> | undefined;
  manifestPublicKeys: readonly KeyObject[];
}>;

/** What the passes of one process work with: clients that can only list and remove, and a manifest that is only read. */
export function openReaper({ providers, manifest, manifestPublicKeys }: ReaperSettings): ReapDeps {
  const { credentials } = (providers['aws-iam'] ?? {}) as AwsIamDeps;
  const store =
    manifest === undefined
      ? undefined
      : openStore(manifest.where, {
          answerMs: WAITS.manifestAnswer.ms,
          ...(manifest.region === undefined ? {} : { region: manifest.region }),
          ...(manifest.endpoint === undefined ? {} : { endpoint: manifest.endpoint }),
          ...(credentials === undefined ? {} : { credentials }),
        });
  const known = new Map<string, ManifestEntry>();
  const throttles = openThrottles();
  return {
    removers: createRemovers(providers, throttles.turnsOf),
    verified: verifiedEnds(),
    throttles,
    ...(store && { readManifest: (signal) => readManifest(store, manifestPublicKeys, signal, known) }),
  };
}

const CHECK_MS = 20_000;

/** Compares what the reaper's credentials may do with what they need, and tries to read the manifest. It changes nothing. */
export async function checkReaper({ removers, readManifest: read }: ReapDeps): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(CHECK_MS);
  setMaxListeners(0, signal); // a preflight sends many calls at the same time
  const manifest = await checkManifest(read, signal);
  const found = await Promise.all(
    [...removers.values()].map((remover) => checkProvider(remover, manifest.entries, signal)),
  );
  return [...manifest.findings, ...found.flat()];
}

type Checked = Readonly<{ entries: Manifest['entries']; findings: readonly Finding[] }>;

async function checkManifest(read: ReapDeps['readManifest'], signal: AbortSignal): Promise<Checked> {
  const part = 'manifest';
  if (!read) return { entries: [], findings: [{ part, state: 'broken', what: WITHOUT_MANIFEST }] };
  try {
    const { entries, problems } = await read(signal);
    const live = entries.filter(({ state }) => state === 'live').length;
    return {
      entries,
      findings: [
        {
          part,
          state: 'ok',
          what: `It can be read and has ${live} live ${live === 1 ? 'lease' : 'leases'}.`,
        },
        ...problems.map((what): Finding => ({ part, state: 'broken', what })),
      ],
    };
  } catch (error) {
    return { entries: [], findings: [{ part, state: 'broken', what: messageOf(error) }] };
  }
}

/** Said also by each pass, because nobody notices what it leaves out. */
export const WITHOUT_MANIFEST =
  'CURFEW_MANIFEST is not set, so the reaper does not know of access that the vendor stores no end for: teams, repositories and IAM groups.';

async function checkProvider(
  remover: Remover,
  entries: Manifest['entries'],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const part = remover.name;
  const targets = entries
    .filter(({ provider }) => provider === part)
    .flatMap(({ spec }) => {
      const parsed = remover.parseTarget(spec);
      return parsed.ok ? [parsed.value] : [];
    });
  try {
    return findingsOf(part, await remover.preflight({ targets, duty: 'reap' }, signal));
  } catch (error) {
    return [{ part, state: 'broken', what: messageOf(error) }];
  }
}

/** The clock of the reaper is that of its own machine. */
export const ownClock = (): Instant => Date.now() as Instant;
