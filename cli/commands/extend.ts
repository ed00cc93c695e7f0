import { Command } from 'commander';
import { stateAfter } from '../../core/request/evolve.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import { instant, phrase } from '../../wording/phrase.ts';
import { AS_HELP, whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { terminalText } from '../terminal/phrase.ts';
import { requestNamed } from '../terminal/request-argument.ts';
import { shortOf } from '../../core/ids.ts';
import { waitFor } from '../terminal/wait.ts';

/** `curfew extend <request> <length> <reason…>` */
export const extendCommand = (): Command =>
  new Command('extend')
    .description('request a later end of your own access')
    .argument('<request>', 'the id of the request, or its last letters')
    .argument('<length>', 'how much longer: 30m, 2h')
    .argument('<reason...>', 'why you need it longer')
    .option('--as <person>', 'act as this person (sandbox only)')
    .addHelpText('after', `\n  curfew extend 6n8p0 1h the restore takes longer --as ana\n${AS_HELP}`)
    .action((text: string, length: string, reason: readonly string[], { as }: Readonly<{ as?: string }>) =>
      withContext(async (context) => {
        const { ledger } = context.deps;
        const request = await requestNamed(ledger, text);
        const caller = await whoActs(context, as);
        const body = { length, reason: reason.join(' ') };
        const { id } = await receive(context.deps, caller, { kind: 'extend', request, body });
        const outcome = await waitFor(
          'the policy to judge the extension',
          async () => (await ledger.clickOutcome(id)) as ClickOutcome | undefined,
        );
        if (outcome.kind === 'refused')
          throw new CommandError('notAllowed', terminalText(refusalPhrase(outcome.refusal, 'extend')));
        const state = stateAfter((await ledger.readTrail(request)).map(({ event }) => event));
        const until = state.kind === 'active' ? (state.extension?.details.endsAt ?? state.endsAt) : undefined;
        const when = until === undefined ? [] : phrase` ${instant(until, 'until ')}`;
        console.log(
          `${terminalText(phrase`Requested${when}.`)} The approvers can see the extension now. Until it is approved and carried out, the access ends as before. "curfew audit story ${shortOf(request)}" shows what happens to it.`,
        );
      }),
    );
