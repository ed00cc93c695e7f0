import { Command, InvalidArgumentError } from 'commander';
import { addOutputOptions, formatOf, type OutputOptions } from '../terminal/output.ts';

const UNITS = { s: 1_000, m: 60_000 } as const;

/** Reads a length such as `30s` or `5m`, and returns milliseconds. */
export function parseEvery(text: string): number {
  const [, number, unit] = /^(\d{1,4})(s|m)$/.exec(text) ?? [];
  const ms = Number(number) * UNITS[unit === 'm' ? 'm' : 's'];
  if (number === undefined || ms < 5_000 || ms > 3_600_000)
    throw new InvalidArgumentError('It is a length from 5s to 60m, such as 30s.');
  return ms;
}

export type ReapOptions = OutputOptions & Readonly<{ dryRun?: boolean; every?: number; check?: boolean }>;

/** `curfew reap`: ends access that is past its end, with neither the ledger nor Temporal. */
export const reapCommand = (): Command =>
  addOutputOptions(
    new Command('reap').description('end access that is past its end, without the ledger and Temporal'),
  )
    .option('--dry-run', 'show what it would end, and change nothing')
    .option('--every <length>', 'repeat the pass, for example every 30s, until Ctrl-C', parseEvery)
    .option('--check', 'compare what its credentials may do with what they need, and change nothing')
    .addHelpText(
      'after',
      `
The reaper runs on a machine of its own, with credentials of its own. It ends what the vendors' own objects say is over
(the name of an IAM policy, VALID UNTIL of a Postgres role), and what the signed manifest says, 30 seconds after the end.
Access that an account had before Curfew, and what its other leases give, stays. It sends only reads, removals, and changes
that lower. Its credential at AWS can do no more than that. At GitHub and Postgres it can, because these have no such
permission, so protect it as you protect that of the granter (docs/providers.md).

  curfew reap                  one pass
  curfew reap --every 30s      a pass every 30 seconds
  curfew reap --dry-run
  curfew reap --check          what its credentials have too much or too little

It needs the settings of the providers, CURFEW_MANIFEST and CURFEW_MANIFEST_PUBLIC_KEYS, and nothing else. The exit code
is 1 when something is left or could not be read.`,
    )
    .action(async (options: ReapOptions) => {
      const { runCheck, runReap } = await import('../actions/reap.ts');
      const format = formatOf(options);
      await (options.check ? runCheck(format) : runReap(options, format));
    });
