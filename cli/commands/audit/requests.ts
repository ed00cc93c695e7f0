import { Command } from 'commander';
import { KEYS } from '../../../audit/search/index.ts';
import type { RequestsOptions } from '../../actions/audit-requests.ts';
import { parseLimit } from '../../list/filter-options.ts';
import { addOutputOptions } from '../../terminal/output.ts';

/** `curfew audit requests [search...]` */
export const requestsCommand = (): Command =>
  addOutputOptions(
    new Command('requests')
      .description('search all requests, newest first')
      .argument('[search...]', 'what to search: words such as person:ana, state:active or since:7d')
      .option(
        '-n, --limit <number>',
        'at most this many rows (1 to 500); a table has 50, the other formats have all',
        parseLimit,
      )
      .option('--after <row>', 'the next page, of older requests: give what the page before it says')
      .option('--before <row>', 'the page before, of newer requests: give what the page after it says'),
  )
    .addHelpText(
      'after',
      `
Every key must hold, and of several values one of them. A name alone is a person, an entitlement or a provider.

${Object.entries(KEYS)
  .map(([key, means]) => `  ${`${key}:`.padEnd(13)}${means}`)
  .join('\n')}

  curfew audit requests ana orders-db since:7d
  curfew audit requests state:active,revoking class:C
  curfew audit requests approver:bo ending:expired --csv > approved-by-bo.csv
  curfew audit requests refused:yes 'from:2026-11-24 14:00'`,
    )
    .action(async (words: readonly string[], options: RequestsOptions) =>
      (await import('../../actions/audit-requests.ts')).runAuditRequests(words, options),
    );
