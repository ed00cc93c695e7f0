import { type PersonId, shortOf } from '../../core/ids.ts';
import { asksOnceMore } from '../../core/request/asks-once-more.ts';
import { digestToAnswer, pendingExtension } from '../../core/request/extension.ts';
import { offers } from '../../core/request/offers.ts';
import { readRequestView, type RequestView } from '../../requests/view.ts';
import { onceMoreReasons } from '../../wording/once-more.ts';
import { approvalLines } from '../terminal/approval-text.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { printable, writeLine, writeStyled } from '../terminal/output.ts';
import { unfinished } from '../terminal/pipe.ts';
import { noRequest, requestNamed } from '../terminal/request-argument.ts';
import { isColoured } from '../terminal/style.ts';
import { approvedExtensionLines, approvedLines } from '../terminal/targets.ts';
import { fitted } from '../terminal/wrap.ts';
import { sendAnswer } from './send-answer.ts';

export type ApproveOptions = Readonly<{ as?: string; digest?: string; confirm?: string }>;

/** `curfew approve` */
export const runApprove = (text: string, options: ApproveOptions): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const request = await requestNamed(ledger, text);
    const caller = await whoActs(context, options.as);
    const view = await readRequestView(context.deps, request);
    if (!view) throw await noRequest(ledger, text);
    await unfinished(async () => {
      const digest = await approvedDigest(view, caller.person, options);
      const body = digest === undefined ? {} : { digest };
      await sendAnswer({ context, caller, kind: 'approve', request, state: view.state, body });
    });
    const extension = pendingExtension(view.state)?.details;
    const approved = (await readRequestView(context.deps, request)) ?? view;
    const lines = extension ? approvedExtensionLines(view, extension) : approvedLines(approved);
    lines.flatMap((line) => fitted(line, widthNow())).forEach(writeLine);
  });

/**
 * The digest of what the person has seen and approves. Undefined for somebody who may not approve it at all: without a
 * digest it cannot be approved, and the attempt is recorded with its reason.
 */
async function approvedDigest(
  view: RequestView,
  person: PersonId,
  { digest, confirm }: ApproveOptions,
): Promise<string | undefined> {
  if (!offers(view.state, person, view.now).includes('approve')) return undefined;
  if (digest === undefined) await showAndAsk(view, person);
  await askAgain(view, confirm);
  return digest ?? digestToAnswer(view.state);
}

const MOST_WIDTH = 100;

/** How wide a line may be: as wide as the terminal, and no wider than is good to read. */
const widthNow = (): number => Math.min(process.stdout.columns || MOST_WIDTH, MOST_WIDTH);

/** Shows what would be approved, and asks. Where nobody can answer, the person comes back with the digest that they have read. */
async function showAndAsk(view: RequestView, person: PersonId): Promise<void> {
  const look = { width: widthNow(), coloured: isColoured(process.stdout) };
  writeStyled(approvalLines(view, person, look));
  writeLine('');
  if (!isInteractive())
    throw new CommandError(
      'usage',
      `Nothing is approved yet, because nobody can answer here.\n  to do: read the lines above, then approve exactly that:\n    ${commandFor(view)}`,
    );
  const answer = await ask('Approve exactly this? [y/N] ');
  if (!/^y(es)?$/i.test(answer)) throw notApproved();
}

function commandFor(view: RequestView): string {
  const again = asksOnceMore(view) ? ` --confirm ${view.state.details.entitlement}` : '';
  return `curfew approve ${shortOf(view.id)} --digest ${digestToAnswer(view.state)}${again}`;
}

/** Why the approver is asked a second time: the same words as in Slack. */
const whyAgain = (view: RequestView): string => printable(onceMoreReasons(view).join(' '));

/** The second question. Its answer is the id of the entitlement, so that nobody gives it without reading. */
async function askAgain(view: RequestView, confirm: string | undefined): Promise<void> {
  if (!asksOnceMore(view)) return;
  const { entitlement } = view.state.details;
  if (confirm === undefined && !isInteractive())
    throw new CommandError(
      'usage',
      `Nothing is approved yet. ${whyAgain(view)} So Curfew asks twice.\n  to do: if that is right, run\n    ${commandFor(view)}`,
    );
  const typed = confirm ?? (await ask(`${whyAgain(view)} To approve it, type its id (${entitlement}): `));
  if (typed !== entitlement) throw notApproved();
}

const notApproved = (): CommandError =>
  new CommandError('failed', 'Nothing was approved. The request still waits. "curfew deny" denies it.');
