import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { entryOf } from '../../audit/entry.ts';
import { exportedEntries } from '../../audit/exported-entries.ts';
import { leafHash } from '../../audit/tree/hash.ts';
import { type Report, reportLines, UsageError, verifyBundle } from '../../audit/verify/verify.mjs';
import type { Instant } from '../../core/ids.ts';
import { type PurgeRefusal, purge } from '../../ledger/index.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { CommandError } from '../terminal/exit.ts';
import { type LogContext, withLog } from '../terminal/log-context.ts';
import { momentTyped } from '../terminal/moments.ts';
import { printable, utc, writeLine } from '../terminal/output.ts';
import { ownerConnection } from '../terminal/context.ts';

export type PurgeOptions = Readonly<{
  before: string;
  export: string;
  without: readonly string[];
  yes?: true;
}>;

/** `curfew audit purge` */
export const runPurge = (options: PurgeOptions): Promise<void> =>
  withLog(async (context) => {
    const before = momentTyped(options.before, await context.ledger.now());
    const folder = resolve(options.export);
    const { provenSize } = verified(folder, context);
    if (!options.yes) await askOnceMore(before);
    const { migrationUrl } = ownerConnection();
    const exported = exportedEntries(folder);
    const purged = await purge(migrationUrl, {
      before,
      by: userInfo().username,
      exportSize: provenSize,
      without: options.without,
      hashOf: (row) => leafHash(entryOf(row).bytes),
      isExported: exported.has,
    }).finally(() => exported.close());
    if (!purged.ok) throw new CommandError('failed', `Nothing was removed: ${sentence(purged.error)}`);
    const { requests, entries, before: end, id } = purged.value;
    writeLine(
      `Removed: ${requests} requests that were made before ${utc(end)}, with ${entries} entries of the log.`,
    );
    writeLine(`The log says so as the purge ${id}. Keep the export: it proves what these entries said.`);
    writeLine(`  ${folder}`);
  });

/**
 * The report about an export in which nothing is wrong, and in which the keys that this machine trusts signed everything. What was purged before is only
 * in older exports.
 */
function verified(folder: string, { trusted }: LogContext): Report {
  const report = reportOf(
    folder,
    trusted.map(({ text }) => text),
  );
  if (report.verdict !== 'failed' && report.provenSize === report.size && report.size > 0) return report;
  const lines = reportLines(report).map((line) => `  ${printable(line)}`);
  throw new CommandError(
    'verificationFailed',
    `Nothing was removed: the export does not verify.\n${lines.join('\n')}`,
  );
}

function reportOf(folder: string, keys: readonly string[]): Report {
  try {
    return verifyBundle(folder, { keys });
  } catch (error) {
    throw error instanceof UsageError ? new CommandError('usage', error.message) : error;
  }
}

async function askOnceMore(before: Instant): Promise<void> {
  if (!isInteractive())
    throw new CommandError(
      'usage',
      'Removing requests cannot be undone. Without a terminal, say so with --yes.',
    );
  const answer = await ask(
    `Remove the requests that were made before ${utc(before)} from the ledger? This cannot be undone. Type remove: `,
  );
  if (answer !== 'remove') throw new CommandError('failed', 'Nothing was removed.');
}

/** Why nothing was removed, and what to do. */
function sentence(refusal: PurgeRefusal): string {
  switch (refusal.kind) {
    case 'no-partition':
      return refusal.oldest === undefined
        ? 'the trail has no partitions. Run curfew migrate.'
        : `no quarter that is over ends at that time or earlier. The oldest one in the ledger ends at ${utc(refusal.oldest)}.`;
    case 'quarantine':
      return 'the ledger is in quarantine. End it first: curfew quarantine.';
    case 'busy':
      return 'others used the trail at that moment. Try again.';
    case 'changed':
      return 'somebody did something about one of these requests meanwhile. Export again, and try again.';
    case 'unfinished':
      return `something is still to be done about requests of that time, or they ended in the last 30 days. Wait, or end them.\n  ${refusal.requests.join('\n  ')}`;
    case 'not-logged':
      return `the log does not have ${refusal.events} of their events yet. Start the sequencer, and export again.`;
    case 'not-published':
      return `the published log and the export must each have at least ${refusal.needed} entries, because groups of 256 entries are published whole. ${refusal.published < refusal.needed ? `The newest checkpoint has ${refusal.published}. Try again when the log has grown, and export again.` : 'The export has fewer. Export again.'}`;
    case 'behind':
      return `these do not have the entries yet. Wait until they do, or give each name with --without.\n  ${refusal.names.map(printable).join('\n  ')}`;
    case 'not-exported':
      return `the export does not have the entry ${refusal.index}. Export again.`;
    case 'altered':
      return `the entry ${refusal.index} is not what the log has. Somebody changed the ledger by hand. docs/operations.md says what to do.`;
  }
}
