import { refusalPhrase } from '../../wording/refusals.ts';
import type { RequestId } from '../../core/ids.ts';
import type { AnswerKind } from '../../core/request/commands.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { pendingExtension } from '../../core/request/extension.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import { stateRefusal } from '../../core/request/state-refusal.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { Click, ClickBody, Ledger } from '../../ledger/index.ts';
import type { CommandLineCaller } from '../terminal/caller.ts';
import type { Context } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { terminalText } from '../terminal/phrase.ts';
import { waitFor } from '../terminal/wait.ts';

type Answer = Readonly<{
  context: Context;
  caller: CommandLineCaller;
  kind: AnswerKind;
  request: RequestId;
  /** As the person saw it. */
  state: RequestState;
  body: ClickBody<AnswerKind>;
}>;

/** Records an answer, and waits until it is decided. Throws when it is refused. */
export async function sendAnswer({ context, caller, kind, request, state, body }: Answer): Promise<void> {
  const { ledger } = context.deps;
  const { id } = await receive(context.deps, caller, { kind, request, body });
  const sent = { id, kind, request, person: caller.person };
  // A closed request stays closed, and an answer about an extension closes no request.
  const closesNothing = state.kind === 'closed' || (kind !== 'end' && pendingExtension(state) !== undefined);
  const look = async () =>
    closesNothing ? ((await ledger.clickOutcome(id)) as ClickOutcome | undefined) : answerTo(ledger, sent);
  const outcome = await waitFor('the result', look).catch(async (noAnswer: unknown) => {
    throw kind === 'end' ? ((await stillEnding(ledger, request)) ?? noAnswer) : noAnswer;
  });
  if (outcome.kind === 'refused') throw refusedError(outcome.refusal, kind);
  // The click shared an earlier one of the same person, and its reason was not kept.
  if (state.kind === 'closed') throw refusedError(stateRefusal(state), kind);
}

type SentAnswer = Pick<Click<AnswerKind>, 'id' | 'kind' | 'request' | 'person'>;

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

export const stateIn = async (ledger: Ledger, request: RequestId): Promise<RequestState> =>
  stateAfter((await ledger.readTrail(request)).map(({ event }) => event));

/** The same sentence as in Slack. */
export const refusedError = (refusal: Refusal, tried: string): CommandError =>
  new CommandError('notAllowed', terminalText(refusalPhrase(refusal, tried)));
