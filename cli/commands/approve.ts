import { Command, InvalidArgumentError } from 'commander';
import type { ApproveOptions } from '../actions/approve.ts';
import { AS_HELP, AS_OPTION } from '../terminal/as-option.ts';

/** `curfew approve <request>` */
export const approveCommand = (): Command =>
  new Command('approve')
    .description('show what a request is for, ask, and approve exactly that')
    .argument('<request>', 'the id of the request, or its last letters')
    .option(
      '--digest <digest>',
      'approve without a question what has this digest, as it was shown before',
      parseDigest,
    )
    .option('--confirm <entitlement>', 'answer the second question of a restricted entitlement: its id')
    .option(...AS_OPTION)
    .addHelpText(
      'after',
      `
On a terminal it shows the exact permissions, how the end is enforced, why you are asked, what waits and until when. Then
it asks. It asks twice when the entitlement is restricted, or when the access lets a person give more access.

Where nobody can answer, it shows the same with its digest, approves nothing, and ends with the exit code 2. Give the digest
back to approve exactly what was shown. If the request is another one by then, nothing is approved.

  curfew approve 8n0p4x7q
  curfew approve 8n0p4x7q --digest 5f0c… --confirm aws-admins
${AS_HELP}`,
    )
    .action(async (text: string, options: ApproveOptions) =>
      (await import('../actions/approve.ts')).runApprove(text, options),
    );

function parseDigest(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('A digest has 64 hex digits. "curfew approve" shows it.');
}
