import { Command } from 'commander';
import { uuidv7 } from 'uuidv7';
import { refusalText } from '../../wording/refusals.ts';
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
import { fromSlack, utc } from '../terminal/output.ts';
import { waitFor } from '../terminal/wait.ts';

type As = Readonly<{ as?: string }>;
const AS = ['--as <person>', 'act as this person (sandbox only)'] as const;

/** `curfew request <entitlement> <length> <reason…>` */
export const requestCommand = (): Command =>
  new Command('request')
    .description('ask for access')
    .argument('<entitlement>', 'what: an id or synonym of the catalogue, such as orders-db')
    .argument('<length>', 'how long: 90m, 2h30m, 1d')
    .argument('<reason...>', 'why, in your own words')
    .option(...AS)
    .addHelpText('after', `\n  curfew request orders-db 2h incident 4312 --as ana\n${AS_HELP}`)
    .action((entitlement: string, length: string, reason: readonly string[], { as }: As) =>
      withContext(async (context) => {
        const caller = await whoActs(context, as);
        const id = clickIdOf(uuidv7());
        const request = requestIdOf(id);
        const body = { entitlement, length, reason: reason.join(' ') };
        await send(context, { ...caller, id, kind: 'request', request, via: 'cli', body });
        const seen = await waitFor('the request is judged', async () => {
          const [first] = await context.deps.ledger.readTrail(request);
          return first?.event;
        });
        if (seen.kind === 'refused') throw refused(seen.refusal, 'request');
        console.log(
          `Asked: ${shortOf(request)}  (${request})\nThe people who decide have it now. Follow it with "curfew audit story ${shortOf(request)}".`,
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
  { kind: 'approve', does: 'say yes to a request', done: 'Approved.', reason: false },
  { kind: 'deny', does: 'say no to a request', done: 'Denied.', reason: true },
  {
    kind: 'withdraw',
    does: 'take back your own request before it is decided',
    done: 'Withdrawn.',
    reason: false,
  },
  { kind: 'end', does: 'end access now, your own or one you decide about', done: 'Ended.', reason: false },
];

/** `curfew approve|deny|withdraw|end <request>` */
export const answerCommands = (): readonly Command[] => ANSWERS.map(answerCommand);

function answerCommand({ kind, does, done, reason }: Answer): Command {
  const command = new Command(kind)
    .description(does)
    .argument('<request>', 'its id, or the last letters of it')
    .option(...AS)
    .addHelpText('after', AS_HELP);
  if (reason) command.requiredOption('-r, --reason <words>', 'why not; the requester reads it word for word');
  return command.action((text: string, { as, reason: note }: As & { reason?: string }) =>
    withContext(async (context) => {
      const { ledger } = context.deps;
      const request = await requestNamed(ledger, text);
      const gives = kind === 'end' || kind === 'withdraw';
      const caller = await whoActs(context, as, gives ? request : undefined);
      const state = await stateIn(ledger, request);
      if (state.kind === 'blank')
        throw new CommandError('notFound', `There is no request ${text}. "curfew list" shows them.`);
      const id = clickIdOf(uuidv7());
      const body = { digest: state.details.digest, ...(note === undefined ? {} : { note }) };
      const click: AnswerClick = { ...caller, id, kind, request, via: 'cli', body };
      await send(context, click);
      const over = state.kind === 'closed';
      const look = async () =>
        over ? ((await ledger.clickOutcome(id)) as ClickOutcome | undefined) : answerTo(ledger, click);
      const settled = await waitFor('an answer', look).catch(async (silence: unknown) => {
        throw kind === 'end' ? ((await stillEnding(ledger, request)) ?? silence) : silence;
      });
      if (settled.kind === 'refused') throw refused(settled.refusal, kind);
      const now = await stateIn(ledger, request);
      const until =
        'endsAt' in now && now.endsAt && now.kind !== 'closed' ? ` It ends ${utc(now.endsAt)}.` : '';
      console.log(kind === 'approve' ? `${done}${until}` : done);
    }),
  );
}

const ENDING = { deny: 'denied', withdraw: 'withdrawn', end: 'ended' } as const;

/** What became of a click. One that ends something did so once the request is closed by it, whatever is settled. */
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

/** An end is answered with its receipt, which waits for the provider. */
async function stillEnding(ledger: Ledger, request: RequestId): Promise<CommandError | undefined> {
  if ((await stateIn(ledger, request)).kind !== 'revoking') return undefined;
  return new CommandError(
    'failed',
    'It is being taken away, and the provider has not shown yet that it is gone. Curfew tries until it is ("curfew doctor" says what it waits for).',
  );
}

const stateIn = async (ledger: Ledger, request: RequestId): Promise<RequestState> =>
  stateAfter((await ledger.readTrail(request)).map(({ event }) => event));

async function send({ deps }: Context, click: Click): Promise<void> {
  await deps.ledger.writeClick(click);
}

/** The same words as in Slack. */
const refused = (refusal: Refusal, tried: string): CommandError =>
  new CommandError('notAllowed', fromSlack(refusalText(refusal, String, tried)));
