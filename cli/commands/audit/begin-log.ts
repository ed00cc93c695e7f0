import { Command } from 'commander';

/** `curfew audit begin-log <name>` */
export const auditBeginLogCommand = (): Command =>
  new Command('begin-log')
    .description('begin an audit log of another name, after a restore or when its key is lost')
    .argument('<name>', 'the new CURFEW_LOG_NAME, which no log had before')
    .addHelpText(
      'after',
      `
A log cannot go on when a place has more of it than the ledger, because an entry can have one place only. Everything that is
recorded goes into the new log, and so does a row that names the log before. What was published stays where it is.

Connects as the owner of the tables: CURFEW_MIGRATION_DATABASE_URL, or else DATABASE_URL. Stop the sequencer first. Then set
CURFEW_LOG_NAME to the new name, CURFEW_LOG_PLACES to empty places, and CURFEW_LOG_PUBLIC_KEYS to what the sequencer shows.

  curfew audit begin-log curfew.example.com/log-2`,
    )
    .action(async (name: string) => (await import('../../actions/audit-begin-log.ts')).runBeginLog(name));
