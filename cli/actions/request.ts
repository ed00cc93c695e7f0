import { receive } from '../../inbox/receive.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { writeLine } from '../terminal/output.ts';
import { shortOf } from '../../core/ids.ts';
import { waitFor } from '../terminal/wait.ts';
import { refusedError } from './send-answer.ts';

type TypedRequest = Readonly<{ entitlement: string; length: string; reason: string }>;

/** `curfew request` */
export const runRequest = (body: TypedRequest, as: string | undefined): Promise<void> =>
  withContext(async (context) => {
    const caller = await whoActs(context, as);
    const { request } = await receive(context.deps, caller, { kind: 'request', body });
    const seen = await waitFor('the policy to judge the request', async () => {
      const [first] = await context.deps.ledger.readTrail(request);
      return first?.event;
    });
    if (seen.kind === 'refused') throw refusedError(seen.refusal, 'request');
    writeLine(`Requested: ${shortOf(request)}  (${request})`);
    writeLine(
      `The approvers can see the request now. "curfew audit story ${shortOf(request)}" shows what happens to it.`,
    );
  });
