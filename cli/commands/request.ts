import { Command } from 'commander';
import { refusalPhrase } from '../../wording/refusals.ts';
import { type RequestId, shortOf } from '../../core/ids.ts';
import { ANSWER_KINDS, type AnswerKind, endsAccess } from '../../core/request/commands.ts';
import { digestToAnswer, pendingExtension } from '../../core/request/extension.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { AnswerClick, Ledger } from '../../ledger/index.ts';
import { readRequestView } from '../../requests/view.ts';
import { AS_HELP, whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { approvedExtensionText, approvedText } from '../terminal/targets.ts';
import { requestNamed } from '../terminal/request-argument.ts';
import { terminalText } from '../terminal/phrase.ts';
import { waitFor } from '../terminal/wait.ts';

type As = Readonly<{ as?: string }>;
const AS = ['--as <person>', 'act as this person (sandbox only)'] as const;

/** `curfew request <entitlement> <length> <reason…>` */
export const requestCommand = (): Command =>
  new Command('request')
    .description('request access')
    .argument('<entitlement>', 'an id or synonym in the catalogue, such as orders-db')
    .argument('<length>', 'for how long: 90m, 2h30m, 1d')
    .argument('<reason...>', 'why you need the access')
    .option(...AS)
    .addHelpText('after', `\n  curfew request orders-db 2h incident 4312 --as ana\n${AS_HELP}`)
    .action((entitlement: string, length: string, reason: readonly string[], { as }: As) =>
      withContext(async (context) => {
        const caller = await whoActs(context, as);
        const body = { entitlement, length, reason: reason.join(' ') };
        const { request } = await receive(context.deps, caller, { kind: 'request', body });
        const seen = await waitFor('the policy to judge the request', async () => {
          const [first] = await context.deps.ledger.readTrail(request);
          return first?.event;
        });
        if (seen.kind === 'refused') throw refused(seen.refusal, 'request');
        console.log(
          `Requested: ${shortOf(request)}  (${request})\nThe approvers can see the request now. "curfew audit story ${shortOf(request)}" shows what happens to it.`,
        );
      }),
    );

type AnswerText = Readonly<{ does: string; done: string; hasReason?: boolean }>;

const ANSWERS: Readonly<Record<AnswerKind, AnswerText>> = {
  approve: { does: 'approve a request', done: 'Approved.' },
  deny: { does: 'deny a request, with a reason', done: 'Denied.', hasReason: true },
  withdraw: { does: 'withdraw your own request while it is pending', done: 'Withdrawn.' },
  end: { does: 'end access now: your own, or access that you can approve', done: 'Ended.' },
};

/** `curfew approve|deny|withdraw|end <request>` */
export const answerCommands = (): readonly Command[] => ANSWER_KINDS.map(answerCommand);

function answerCommand(kind: AnswerKind): Command {
  const { does, done, hasReason } = ANSWERS[kind];
  const command = new Command(kind)
    .description(does)
    .argument('<request>', 'the id of the request, or its last letters')
    .option(...AS)
    .addHelpText('after', AS_HELP);
  if (hasReason)
    command.requiredOption('-r, --reason <text>', 'why you deny it; the requester reads this text');
  return command.action((text: string, { as, reason: note }: As & { reason?: string }) =>
    withContext(async (context) => {
      const { ledger } = context.deps;
      const request = await requestNamed(ledger, text);
      const caller = await whoActs(context, as, endsAccess(kind) ? request : undefined);
      const state = await stateIn(ledger, request);
      if (state.kind === 'blank')
        throw new CommandError(
          'notFound',
          `There is no request ${text}. "curfew list --all" shows all requests.`,
        );
      const body = { digest: digestToAnswer(state), ...(note === undefined ? {} : { note }) };
      const { id } = await receive(context.deps, caller, { kind, request, body });
      const sent = { id, kind, request, person: caller.person };
      // A closed request stays closed, and an answer about an extension closes no request.
      const extension = kind === 'end' ? undefined : pendingExtension(state)?.details;
      const isClosed = state.kind === 'closed' || extension !== undefined;
      const look = async () =>
        isClosed ? ((await ledger.clickOutcome(id)) as ClickOutcome | undefined) : answerTo(ledger, sent);
      const outcome = await waitFor('the result', look).catch(async (noAnswer: unknown) => {
        throw kind === 'end' ? ((await stillEnding(ledger, request)) ?? noAnswer) : noAnswer;
      });
      if (outcome.kind === 'refused') throw refused(outcome.refusal, kind);
      const view = kind === 'approve' ? await readRequestView(context.deps, request) : undefined;
      console.log(view ? (extension ? approvedExtensionText(view, extension) : approvedText(view)) : done);
    }),
  );
}

type SentAnswer = Pick<AnswerClick, 'id' | 'kind' | 'request' | 'person'>;

const ENDING = { deny: 'denied', withdraw: 'withdrawn', end: 'ended' } as const;

/**
 * The result of a click. A click that closes a request has succeeded when the request is closed by it, also when the
 * click has no outcome yet.
 */
async function answerTo(
  ledger: Ledger,
  { id, kind, request, person }: SentAnswer,
): Promise<ClickOutcome | undefined> {
  const outcome = (await ledger.clickOutcome(id)) as ClickOutcome | undefined;
  if (outcome?.kind === 'refused' || kind === 'approve') return outcome;
  const state = await stateIn(ledger, request);
  if (state.kind !== 'closed') return undefined;
  const { ending } = state;
  return ending.kind === ENDING[kind] && ending.by === person ? { kind: 'answered' } : outcome;
}

/** The answer to an end comes with the receipt. The receipt waits for the provider. */
async function stillEnding(ledger: Ledger, request: RequestId): Promise<CommandError | undefined> {
  if ((await stateIn(ledger, request)).kind !== 'revoking') return undefined;
  return new CommandError(
    'failed',
    'Curfew is revoking the access, but the provider does not show yet that it is gone. Curfew tries again until it is ("curfew doctor" shows what it waits for).',
  );
}

const stateIn = async (ledger: Ledger, request: RequestId): Promise<RequestState> =>
  stateAfter((await ledger.readTrail(request)).map(({ event }) => event));

/** The same sentence as in Slack. */
const refused = (refusal: Refusal, tried: string): CommandError =>
  new CommandError('notAllowed', terminalText(refusalPhrase(refusal, tried)));
