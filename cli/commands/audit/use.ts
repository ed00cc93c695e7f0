import { Command, InvalidArgumentError, Option } from 'commander';
import { type LeaseId, parseLeaseId } from '../../../core/ids.ts';
import type { AuditUseOptions } from '../../actions/audit-use.ts';
import { parseLimit, USUAL_LIMIT } from '../../list/filter-options.ts';
import { addPeriodOptions } from './options.ts';
import { addOutputOptions } from '../../terminal/output.ts';

/** `curfew audit use` */
export const auditUseCommand = (): Command =>
  addOutputOptions(
    addPeriodOptions(
      new Command('use')
        .description('what was done with the access of each lease, as far as its vendor tells, newest first')
        .option('-r, --request <request>', 'only leases of this request: its id, or its last letters')
        .option('-p, --person <person>', 'only leases of this person')
        .option('-e, --entitlement <entitlement>', 'only leases of this entitlement')
        .addOption(
          new Option('--never-used', 'only leases of which it is known that nothing was done').conflicts(
            'partly',
          ),
        )
        .option('--partly', 'only leases of which a part was not used, with a narrower entitlement')
        .option('-n, --limit <number>', 'at most this many leases (1 to 500)', parseLimit, USUAL_LIMIT)
        .option('--before <lease>', 'the next page: give the last lease of the page before it', parseBefore),
    ),
  )
    .addHelpText(
      'after',
      `
  An unknown use is shown as unknown, and never as "not used".

  curfew audit use --request 8n0p4x7q
  curfew audit use --never-used --entitlement orders-db --output csv
  curfew audit use --partly --json | jq '.[].narrower'`,
    )
    .action(async (options: AuditUseOptions) =>
      (await import('../../actions/audit-use.ts')).runAuditUse(options),
    );

function parseBefore(text: string): LeaseId {
  const lease = parseLeaseId(text);
  if (lease.ok) return lease.value;
  throw new InvalidArgumentError('The value is the whole id of a lease, as --json prints it.');
}
