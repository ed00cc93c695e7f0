import { Command } from 'commander';
import { uuidv7 } from 'uuidv7';
import { refusalPhrase } from '../../wording/refusals.ts';
import { clickIdOf, type RequestId, requestIdOf } from '../../core/ids.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import type { RequestState } from '../../core/request/state.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import type { AnswerClick, Click, Ledger } from '../../ledger/index.ts';
import { AS_HELP, whoActs } from '../terminal/caller.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { requestNamed, shortOf } from '../terminal/request-argument.ts';
import { utc } from '../terminal/output.ts';
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
        const id = clickIdOf(uuidv7());
        const request = requestIdOf(id);
        const body = { entitlement, length, reason: reason.join(' ') };
        await send(context, { ...caller, id, kind: 'request', request, via: 'cli', body });
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

type Answer = Readonly<{
  kind: 'approve' | 'deny' | 'withdraw' | 'end';
  does: string;
  done: string;
  reason: boolean;
}>;

const ANSWERS: readonly Answer[] = [
  { kind: 'approve', does: 'approve a request', done: 'Approved.', reason: false },
  { kind: 'deny', does: 'deny a request, with a reason', done: 'Denied.', reason: true },
  {
    kind: 'withdraw',
    does: 'withdraw your own request while it is pending',
    done: 'Withdrawn.',
    reason: false,
  },
  {
    kind: 'end',
    does: 'end access now: your own, or access that you can approve',
    done: 'Ended.',
    reason: false,
  },
];

/** `curfew approve|deny|withdraw|end <request>` */
export const answerCommands = (): readonly Command[] => ANSWERS.map(answerCommand);

function answerCommand({ kind, does, done, reason }: Answer): Command {
  const command = new Command(kind)
    .description(does)
    .argument('<request>', 'the id of the request, or its last letters')
    .option(...AS)
    .addHelpText('after', AS_HELP);
  if (reason) command.requiredOption('-r, --reason <text>', 'why you deny it; the requester reads this text');
  return command.action((text: string, { as, reason: note }: As & { reason?: string }) =>
    withContext(async (context) => {
      const { ledger } = context.deps;
      const request = await requestNamed(ledger, text);
      const gives = kind === 'end' || kind === 'withdraw';
      const caller = await whoActs(context, as, gives ? request : undefined);
      const state = await stateIn(ledger, request);
      if (state.kind === 'blank')
        throw new CommandError('notFound', `There is no request ${text}. "curfew list" shows the requests.`);
      const id = clickIdOf(uuidv7());
      const body = { digest: state.details.digest, ...(note === undefined ? {} : { note }) };
      const click: AnswerClick = { ...caller, id, kind, request, via: 'cli', body };
      await send(context, click);
      const over = state.kind === 'closed';
      const look = async () =>
        over ? ((await ledger.clickOutcome(id)) as ClickOutcome | undefined) : answerTo(ledger, click);
      const settled = await waitFor('the result', look).catch(async (silence: unknown) => {
        throw kind === 'end' ? ((await stillEnding(ledger, request)) ?? silence) : silence;
      });
      if (settled.kind === 'refused') throw refused(settled.refusal, kind);
      const now = await stateIn(ledger, request);
      const until =
        'endsAt' in now && now.endsAt && now.kind !== 'closed' ? ` The access ends ${utc(now.endsAt)}.` : '';
      console.log(kind === 'approve' ? `${done}${until}` : done);
    }),
  );
}

const ENDING = { deny: 'denied', withdraw: 'withdrawn', end: 'ended' } as const;

/**
 * The result of a click. A click that closes a request has succeeded when the request is closed by it, also when the
 * click is not settled yet.
 */
async function answerTo(
  ledger: Ledger,
  { id, kind, request, person }: AnswerClick,
): Promise<ClickOutcome | undefined> {
  const settled = (await ledger.clickOutcome(id)) as ClickOutcome | undefined;
  if (settled?.kind === 'refused' || kind === 'approve') return settled;
  const state = await stateIn(ledger, request);
  if (state.kind !== 'closed') return undefined;
  const { ending } = state;
  return ending.kind === ENDING[kind] && ending.by === person ? { kind: 'answered' } : settled;
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

async function send({ deps }: Context, click: Click): Promise<void> {
  await deps.ledger.writeClick(click);
}

/** The same sentence as in Slack. */
const refused = (refusal: Refusal, tried: string): CommandError =>
  new CommandError('notAllowed', terminalText(refusalPhrase(refusal, tried)));
