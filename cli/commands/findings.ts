import { Command, InvalidArgumentError, Option } from 'commander';
import {
  FINDING_STATES,
  type FindingId,
  type FindingState,
  parseFindingId,
} from '../../core/findings/finding.ts';
import type { FindingsOptions } from '../actions/findings.ts';
import type { DecideOptions } from '../actions/decide-finding.ts';
import { parseLimit, unknownWord, USUAL_LIMIT } from '../list/filter-options.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';
import { addOutputOptions } from '../terminal/output.ts';

/** `curfew findings`, `curfew findings adopt <finding>`, `curfew findings revoke <finding>` */
export const findingsCommand = (): Command =>
  addOutputOptions(
    new Command('findings')
      .description('list access at managed targets that no request explains, newest first')
      .addOption(
        new Option(
          '-s, --state <states>',
          `only findings in these states, separated by commas: ${FINDING_STATES.join(', ')}`,
        )
          .argParser(parseStates)
          .default(['open'], 'open'),
      )
      .option('-p, --provider <provider>', 'only findings at this provider')
      .option('-a, --account <account>', 'only findings of the account with this name')
      .option('-n, --limit <number>', 'at most this many findings (1 to 500)', parseLimit, USUAL_LIMIT)
      .option('--before <finding>', 'the next page: give the last id of the page before it', parseBefore),
  )
    .addHelpText(
      'after',
      `
  curfew findings --state open,adopted --provider github
  curfew findings --json | jq '.[].account'
  curfew findings adopt 8n0p4x7q --reason "on call for the service, see the rota"
  curfew findings revoke 8n0p4x7q`,
    )
    .addCommand(adoptCommand())
    .addCommand(revokeCommand())
    .action(async (options: FindingsOptions) =>
      (await import('../actions/findings.ts')).runFindings(options),
    );

const adoptCommand = (): Command =>
  new Command('adopt')
    .description('record access as standing access, which no end of a request removes')
    .argument('<finding>', 'the id of the finding, or its last letters')
    .requiredOption('-r, --reason <text>', 'why; everybody who looks at findings reads this text')
    .option('--seen <digest>', 'do not ask; adopt only what --json showed with this "seen"')
    .option(...AS_OPTION)
    .addHelpText('after', AS_HELP)
    .action(async (finding: string, options: DecideOptions) =>
      (await import('../actions/decide-finding.ts')).runDecideFinding('adopt', finding, options),
    );

const revokeCommand = (): Command =>
  new Command('revoke')
    .description('revoke access that no request explains')
    .argument('<finding>', 'the id of the finding, or its last letters')
    .option('-y, --yes', 'do not ask once more')
    .option(
      '--confirm <number>',
      'revoke although it is revocation number <number> at the target within an hour',
      parseLimit,
    )
    .option(...AS_OPTION)
    .addHelpText('after', AS_HELP)
    .action(async (finding: string, options: DecideOptions) =>
      (await import('../actions/decide-finding.ts')).runDecideFinding('revoke', finding, options),
    );

function parseStates(text: string): readonly FindingState[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !FINDING_STATES.some((state) => state === word));
  if (unknown !== undefined) throw new InvalidArgumentError(unknownWord('state', unknown, FINDING_STATES));
  return FINDING_STATES.filter((state) => words.includes(state));
}

function parseBefore(text: string): FindingId {
  const id = parseFindingId(text);
  if (!id.ok) throw new InvalidArgumentError('Give the whole id of a finding, as --json prints it.');
  return id.value;
}
