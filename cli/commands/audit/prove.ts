import { Command, InvalidArgumentError } from 'commander';

type ProveOptions = Readonly<{ from?: number; to?: number }>;

const size = (text: string): number => {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of entries of a published checkpoint.');
};

/** `curfew audit prove <request>` and `curfew audit prove --from <size>` */
export const auditProveCommand = (): Command =>
  new Command('prove')
    .description(
      'print proofs that an auditor can keep: that events are in the published log, or that the log only grew',
    )
    .argument('[request]', 'the id of a request, or its last letters: one proof for each of its events')
    .option('--from <size>', 'instead: that the log of this size is the beginning of the newest one', size)
    .option('--to <size>', 'of the log of this size', size)
    .addHelpText(
      'after',
      `
A proof is one line of JSON. Anybody checks it offline, with the public key of the log, and reads what it proves:

  curfew audit prove 8n0p4x7q > proofs.jsonl
  curfew audit prove --from 1200 > grew.json
  curfew audit verify proofs.jsonl --key <public key>`,
    )
    .action(async (request: string | undefined, options: ProveOptions) =>
      (await import('../../actions/audit-prove.ts')).runProve(request, options),
    );
