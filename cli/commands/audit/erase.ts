import { Command } from 'commander';

/** `curfew audit erase <person>` */
export const auditEraseCommand = (): Command =>
  new Command('erase')
    .description('erase what a person wrote, and their names, in all closed requests')
    .argument('<person>', 'the id of the person in people.yaml, who may have left it')
    .option('--yes', 'do not ask once more')
    .addHelpText(
      'after',
      `
Reasons, questions, answers, denials, the answers of providers, and names are erased. What happened stays: the events have ids
and salted hashes of the texts, so the audit log still verifies. Account names stay while a provider may still be asked about them:
run it again later. A row of the log says that it was erased, and by whom. It cannot be undone. Copies that others made, such as
exports and messages in Slack, are not changed.

Connects as the owner of the tables: CURFEW_MIGRATION_DATABASE_URL, or else DATABASE_URL.

  curfew audit erase ana`,
    )
    .action(async (person: string, options: Readonly<{ yes?: true }>) =>
      (await import('../../actions/audit-erase.ts')).runErase(person, options),
    );
