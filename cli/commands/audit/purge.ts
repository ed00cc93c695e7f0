import { Command } from 'commander';
import type { PurgeOptions } from '../../actions/audit-purge.ts';

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `curfew audit purge` */
export const auditPurgeCommand = (): Command =>
  new Command('purge')
    .description('remove old requests from the ledger, after they were exported')
    .requiredOption('--before <moment>', 'the requests that were made before, in whole quarters')
    .requiredOption('--export <folder>', 'an export of the log that has all of them')
    .option('--without <name>', 'a place or a stream that need not have them; repeat it', collected, [])
    .option('--yes', 'do not ask once more')
    .addHelpText(
      'after',
      `
Everything of these requests leaves the ledger: events, texts, leases, what people clicked. The log keeps the hashes of their entries, so it
still verifies. The export proves what they said: keep it as long as you must. A row of the log says what was removed, and by whom. It
cannot be undone.

A quarter leaves only when each of its requests is over, when a published checkpoint covers every event, when every place and every
stream has them, and when the export verifies and has them.

Connects as the owner of the tables: CURFEW_MIGRATION_DATABASE_URL, or else DATABASE_URL.

  curfew audit export ./log-2028
  curfew audit purge --before 2027-01-01 --export ./log-2028`,
    )
    .action(async (options: PurgeOptions) =>
      (await import('../../actions/audit-purge.ts')).runPurge(options),
    );
