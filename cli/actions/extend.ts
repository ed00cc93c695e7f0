import { shortOf } from '../../core/ids.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import { instant, phrase } from '../../wording/phrase.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { writeLine } from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { requestNamed } from '../terminal/request-argument.ts';
import { waitFor } from '../terminal/wait.ts';
import { refusedError, stateIn } from './send-answer.ts';

/** `curfew extend` */
export const runExtend = (
  text: string,
  asked: Readonly<{ length: string; reason: string }>,
  as: string | undefined,
): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const request = await requestNamed(ledger, text);
    const caller = await whoActs(context, as);
    const { id } = await receive(context.deps, caller, { kind: 'extend', request, body: asked });
    const outcome = await waitFor(
      'the policy to judge the extension',
      async () => (await ledger.clickOutcome(id)) as ClickOutcome | undefined,
    );
    if (outcome.kind === 'refused') throw refusedError(outcome.refusal, 'extend');
    const state = await stateIn(ledger, request);
    const until = state.kind === 'active' ? (state.extension?.details.endsAt ?? state.endsAt) : undefined;
    const when = until === undefined ? [] : phrase` ${instant(until, 'until ')}`;
    writeLine(
      `${terminalText(phrase`Requested${when}.`)} The approvers can see the extension now. Until it is approved and carried out, the access ends as before. "curfew audit story ${shortOf(request)}" shows what happens to it.`,
    );
  });
