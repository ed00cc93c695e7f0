import { Command } from 'commander';

/** `curfew migrate` */
export const migrateCommand = (): Command =>
  new Command('migrate')
    .description("update the schema of the ledger's database to this version")
    .addHelpText(
      'after',
      `
Connects as the owner of the tables: CURFEW_MIGRATION_DATABASE_URL, or else DATABASE_URL. Each migration runs once;
it cannot be undone. Several machines can run this at the same time. It refuses a migration file that was changed
after its release.`,
    )
    .action(async () => {
      const { loadSettings, runningConnections } = await import('../terminal/context.ts');
      const settings = loadSettings();
      const { migrationUrl } = settings.database ?? runningConnections(settings, ['DATABASE_URL']);
      const { migrate } = await import('../../ledger/migrate.ts');
      const applied = await migrate(migrationUrl);
      console.log(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The schema is up to date.');
    });
