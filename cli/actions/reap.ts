import { OF_A_PROVIDER } from '../../app/parts.ts';
import { isSetting } from '../../app/settings/schema.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkReaper, openReaper, ownClock, WITHOUT_MANIFEST } from '../../app/reaper.ts';
import { reap, type ReapDeps } from '../../reaper/reap.ts';
import { isComplete, type Report } from '../../reaper/report.ts';
import type { ReapOptions } from '../commands/reap.ts';
import { loadSettings } from '../terminal/context.ts';
import { CommandError, EXIT } from '../terminal/exit.ts';
import { type Format, print, type Row } from '../terminal/output.ts';
import { untilStopped } from '../terminal/signals.ts';

/** `curfew reap`: one pass, or a pass every so often until somebody stops it. */
export async function runReap({ dryRun = false, every }: ReapOptions, format: Format): Promise<void> {
  const deps = { ...openDeps(), dryRun };
  const stopping = new AbortController();
  if (every !== undefined) void untilStopped().then(() => stopping.abort());
  const { signal } = stopping;
  do {
    const began = performance.now();
    const report = await reap(deps, { now: ownClock, signal });
    // A pass that was stopped is not a failure of this command.
    if (!signal.aborted) show(report, deps, { format, isRepeated: every !== undefined });
    process.exitCode = isComplete(report) || signal.aborted ? EXIT.done : EXIT.failed;
    const rest = (every ?? 0) - (performance.now() - began);
    if (every !== undefined) await sleep(Math.max(rest, 0), undefined, { signal }).catch(() => undefined);
  } while (every !== undefined && !signal.aborted);
}

/** `curfew reap --check` */
export async function runCheck(format: Format): Promise<void> {
  const findings = await checkReaper(openDeps());
  print(findings, format, { state: 'STATE', part: 'PART', what: 'WHAT' }, '');
  if (findings.some(({ state }) => state === 'broken')) process.exitCode = EXIT.failed;
}

/** A name that is no setting may be one of these with a typing mistake. */
const needs = (setting: string): boolean =>
  OF_A_PROVIDER.test(setting) || setting.startsWith('CURFEW_MANIFEST') || !isSetting(setting);

function openDeps(): ReapDeps {
  const settings = loadSettings(process.env, needs);
  const deps = openReaper(settings);
  if (deps.removers.size === 0)
    throw new CommandError(
      'usage',
      'The reaper has no settings of a provider, so it can end nothing.\n  to do: set those of AWS, GitHub or Postgres on this machine (.env.example lists them all), with credentials of its own.',
    );
  if (settings.manifest !== undefined && settings.manifestPublicKeys.length === 0)
    throw new CommandError(
      'usage',
      'CURFEW_MANIFEST is set and CURFEW_MANIFEST_PUBLIC_KEYS is not, so no object of the manifest would count.\n  to do: set CURFEW_MANIFEST_PUBLIC_KEYS to the public key of CURFEW_MANIFEST_KEY, which the processes that write the manifest have.',
    );
  return deps;
}

const COLUMNS = { state: 'STATE', provider: 'PROVIDER', what: 'WHAT', detail: 'DETAIL' };

type PassFormat = Readonly<{ format: Format; isRepeated: boolean }>;

/** A repeated pass that found nothing prints one line, so that somebody who looks sees that it runs. */
function show(report: Report, deps: ReapDeps, { format, isRepeated }: PassFormat): void {
  const rows = rowsOf(report, deps);
  if (!isRepeated) return print(rows, format, COLUMNS, NOTHING);
  const at = new Date(ownClock()).toISOString();
  const shown = rows.length > 0 ? rows : [remark('nothing')(NOTHING)];
  print(
    shown.map((row) => ({ at, ...row })),
    format,
    { at: 'AT', ...COLUMNS },
    '',
  );
}

const NOTHING = 'Nothing is past its end.';

const remark =
  (state: string) =>
  (detail: string): Row => ({ state, provider: '', what: '', leases: [], detail });

function rowsOf({ outcomes, unread, warnings }: Report, { readManifest }: ReapDeps): readonly Row[] {
  const missing = readManifest ? [] : [WITHOUT_MANIFEST];
  return [
    ...unread.map(remark('unread')),
    ...[...warnings, ...missing].map(remark('warning')),
    ...outcomes.map((outcome): Row => {
      const { provider, what, leases } = outcome;
      const row = { provider, what, leases };
      if (outcome.kind === 'left') return { state: 'left', ...row, detail: outcome.why };
      if (outcome.kind === 'would-end') return { state: 'would-end', ...row, detail: '' };
      return { state: 'ended', ...row, detail: outcome.untidied ?? outcome.seen };
    }),
  ];
}
