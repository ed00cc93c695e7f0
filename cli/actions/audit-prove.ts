import { proveConsistency, proveRequest } from '../../audit/prove.ts';
import { CommandError } from '../terminal/exit.ts';
import { type LogContext, withLog } from '../terminal/log-context.ts';
import { writeJson } from '../terminal/output.ts';
import { requestNamed } from '../terminal/request-argument.ts';

/** `curfew audit prove` */
export const runProve = (
  request: string | undefined,
  { from, to }: Readonly<{ from?: number; to?: number }>,
): Promise<void> =>
  withLog(async (context) => {
    if ((request === undefined) === (from === undefined))
      throw new CommandError(
        'usage',
        'Name a request, or give --from and the size of an earlier checkpoint.',
      );
    for (const proof of await proofsOf(context, request, { from, to })) writeJson(JSON.stringify(proof));
  });

async function proofsOf(
  { ledger, trusted }: LogContext,
  request: string | undefined,
  { from = 0, to }: Readonly<{ from: number | undefined; to: number | undefined }>,
): Promise<readonly object[]> {
  const proved =
    request === undefined
      ? await proveConsistency(ledger, from, to)
      : await proveRequest(ledger, await requestNamed(ledger, request), trusted);
  if (!proved.ok) throw new CommandError('notFound', `There is no proof: ${proved.error}.`);
  return Array.isArray(proved.value) ? proved.value : [proved.value];
}
