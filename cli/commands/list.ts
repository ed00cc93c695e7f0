import { Command, Option } from 'commander';
import { FIELD_NAMES, parseFields } from '../list/fields.ts';
import {
  parseBefore,
  parseLimit,
  parseSince,
  parseStates,
  STATE_WORDS,
  USUAL_LIMIT,
} from '../list/filter-options.ts';
import { parseInterval } from '../list/watch.ts';
import type { ListOptions } from '../actions/list.ts';
import { addOutputOptions } from '../terminal/output.ts';

/** `curfew list` */
export const listCommand = (): Command =>
  addOutputOptions(
    new Command('list')
      .description('list the requests that are not closed, newest first')
      .option('-a, --all', 'also closed requests')
      .addOption(
        new Option(
          '-s, --state <states>',
          `only requests in these states, or that ended in these ways, separated by commas: ${STATE_WORDS.join(', ')}`,
        ).argParser(parseStates),
      )
      .option('-p, --person <person>', 'only requests of this person')
      .option('-e, --entitlement <entitlement>', 'only requests for this entitlement: its id or a synonym')
      .option('-w, --waiting-for <person>', "only requests that wait for this person's approval")
      .option(
        '--since <when>',
        'only requests opened since then: 2d, 12h, or a date such as 2026-11-28',
        parseSince,
      )
      .option('-n, --limit <number>', 'at most this many requests (1 to 500)', parseLimit, USUAL_LIMIT)
      .option('--before <request>', 'the next page: give the last id of the page before it', parseBefore)
      .option(
        '-f, --fields <fields>',
        `only these fields, separated by commas: ${FIELD_NAMES.join(', ')}`,
        parseFields,
      )
      .option(
        '--watch [seconds]',
        'draw the table again every 2 seconds, or as many as you say, until Ctrl-C',
        parseInterval,
      ),
  )
    .addHelpText(
      'after',
      `
  curfew list --waiting-for cy
  curfew list --all --since 7d --state denied,expired
  curfew list --all --csv --fields id,requester,reason > requests.csv
  curfew list --json | jq '.[].entitlement'`,
    )
    .action(async (options: ListOptions) => (await import('../actions/list.ts')).runList(options));
