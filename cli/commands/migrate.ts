import { Command } from 'commander';
import { migrate } from '../../ledger/migrate.ts';
import { runningConnections, loadSettings } from '../terminal/context.ts';

/** `curfew migrate` */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description("bring the ledger's database to this version's schema")
    .addHelpText(
      'after',
      `
Connects as the tables' owner: CURFEW_MIGRATION_DATABASE_URL, else DATABASE_URL. Forward only, each file once;
safe to run from several machines at the same time. A migration that was changed after its release is refused.`,
    )
    .action(async () => {
      const settings = loadSettings();
      const { database } = settings;
      const { migrationUrl } =
        database.kind === 'given' ? database : runningConnections(settings, ['DATABASE_URL']);
      const applied = await migrate(migrationUrl);
      console.log(
        applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'Nothing to do: the schema is up to date.',
      );
    });
