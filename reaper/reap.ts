import { setMaxListeners } from 'node:events';
import { messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import { dueAccesses } from '../manifest/due.ts';
import type { Manifest } from '../manifest/read.ts';
import type { Remover } from '../providers/provider.ts';
import { PASS_LIMITS, type PassLimits } from './limits.ts';
import { type ProviderPass, reapProvider } from './reap-provider.ts';
import type { Outcome, Report } from './report.ts';
import { sharedReading } from './shared-reading.ts';
import { openThrottles, type Throttles } from './throttles.ts';
import { timed } from './timed.ts';
import { type VerifiedEnds, verifiedEnds } from './verified.ts';

/**
 * What the reaper works with: neither ledger nor Temporal. `readManifest` is left out where no manifest is configured. Then only what
 * the vendors' own objects say is ended.
 */
export type ReapDeps = Readonly<{
  removers: ReadonlyMap<string, Remover>;
  readManifest?: (signal: AbortSignal) => Promise<Manifest>;
  dryRun?: boolean;
  limits?: PassLimits;
  /** Of a process that repeats its pass. */
  verified?: VerifiedEnds;
  throttles?: Throttles;
}>;

type ReapCall = Readonly<{ now: () => Instant; signal: AbortSignal }>;

/**
 * One pass: ends every access whose end was at least 30 s ago, at all providers at the same time. What fails or hangs delays nothing
 * else. It never throws for a failure: the report says what was ended, what is left and why, and what could not be read.
 */
export async function reap(deps: ReapDeps, { now, signal }: ReapCall): Promise<Report> {
  const { removers, dryRun = false, limits = PASS_LIMITS } = deps;
  const { verified = verifiedEnds(), throttles = openThrottles() } = deps;
  const unread = new Set<string>();
  setMaxListeners(0, signal); // many accesses are ended at the same time
  const pass: ProviderPass = {
    now,
    dryRun,
    verified,
    throttles,
    limits,
    signal,
    deadline: performance.now() + limits.passMs,
    readManifest: sharedReading(() => readAll(deps, { limits, signal, unread })),
  };
  const reports = await Promise.all([
    ...[...removers.values()].map((remover) => reapProvider(remover, pass)),
    withoutRemover(removers, pass),
  ]);
  return {
    outcomes: reports.flatMap(({ outcomes }) => outcomes),
    unread: [...unread, ...reports.flatMap(({ unread: sentences }) => sentences)],
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}

type Reading = Readonly<{ limits: PassLimits; signal: AbortSignal; unread: Set<string> }>;

async function readAll(
  { readManifest }: ReapDeps,
  { limits, signal, unread }: Reading,
): Promise<Manifest | undefined> {
  if (!readManifest) return undefined;
  try {
    const manifest = await timed(readManifest, { ms: limits.readMs, signal });
    for (const problem of manifest.problems)
      unread.add(`An object of the manifest does not count, and ends nothing: ${problem}`);
    return manifest;
  } catch (error) {
    unread.add(`The manifest could not be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** Accesses that are due at a provider for which the reaper has no credential. */
async function withoutRemover(
  removers: ReadonlyMap<string, Remover>,
  { readManifest, now }: ProviderPass,
): Promise<Report> {
  const entries = (await readManifest())?.entries ?? [];
  const unknown = entries.filter(({ provider }) => !removers.has(provider));
  const outcomes = dueAccesses(unknown, { now: now(), ladderOf: () => [] }).map(
    ({ entry, due }): Outcome => ({
      provider: entry.provider,
      leases: due.map(({ lease }) => lease),
      what: `${entry.targetKey} of ${entry.subject.name}`,
      kind: 'left',
      why: `the reaper has no settings of the provider ${entry.provider}`,
    }),
  );
  return { outcomes, unread: [], warnings: [] };
}
