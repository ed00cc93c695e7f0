import { Command, InvalidArgumentError, Option } from 'commander';
import type { EndOptions } from '../actions/end.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

/** The options that name what is ended at once. Only one of them can be given. */
const SCOPES = ['person', 'entitlement', 'provider', 'everything', 'leavers'] as const;

/** `curfew end <request>`, or `curfew end --person ana` and the like. */
export function endCommand(): Command {
  const scope = (flags: string, what: string): Option => {
    const option = new Option(flags, what);
    return option.conflicts(SCOPES.filter((each) => each !== option.attributeName()));
  };
  return new Command('end')
    .description('end access now: one request, or everything of a person, an entitlement or a provider')
    .argument('[request]', 'the id of the request, or its last letters')
    .addOption(scope('--person <person>', 'everything that this person has or waits for'))
    .addOption(scope('--entitlement <entitlement>', 'everything of this entitlement, whoever has it'))
    .addOption(scope('--provider <provider>', 'everything at this provider'))
    .addOption(scope('--everything', 'everything of everybody'))
    .addOption(scope('--leavers', 'everything of people who seem to have left, when there are too many'))
    .option('-r, --reason <text>', 'why you end many at once; the people whose access ends read this text')
    .option('--dry-run', 'only show what would be ended')
    .option('--yes <count>', 'end it without a question, when it is exactly this many requests', parseCount)
    .option(...AS_OPTION)
    .addHelpText(
      'after',
      `
You may end a request that is yours or that you can approve. You may end everything of your own. The owner of an entitlement
may end everything of it. The people whom "security" of the catalogue names may end everything of everybody. After an ending of
others, nothing of it is granted until security people lift the lock ("curfew locks list").

First it shows what would be ended. Then it asks. Where nobody can answer, give --yes with the count that --dry-run shows.
It shows the progress until everything is revoked: one line on a terminal, or else lines of JSON. Ctrl-C stops only the
display.

  curfew end 6n8p0 --as ana
  curfew end --person ana --reason "stolen laptop" --dry-run --as sam
  curfew end --person ana --reason "stolen laptop" --yes 3 --as sam
${AS_HELP}`,
    )
    .action(async (request: string | undefined, options: EndOptions) =>
      (await import('../actions/end.ts')).runEnd(request, options),
    );
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is the number of requests that "--dry-run" shows.');
}
