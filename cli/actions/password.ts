import { type LeaseId, leaseIdOf, type RequestId, requestIdOfLease } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { WAITS } from '../../core/waits.ts';
import { waitForOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { DeliveredSecret, Ledger } from '../../ledger/index.ts';
import { type Password, SecretUnreadable, takePassword } from '../../requests/take-password.ts';
import { isInteractive } from '../terminal/ask.ts';
import { type CommandLineCaller, whoActs } from '../terminal/caller.ts';
import { type Context, withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { unfinished } from '../terminal/pipe.ts';
import { noRequest, requestNamed } from '../terminal/request-argument.ts';
import { printPassword, showPassword } from '../terminal/secret-screen.ts';
import { refusedError, stateIn } from './send-answer.ts';

export type PasswordOptions = Readonly<{ as?: string; print?: true }>;

const opensPasswords = (setting: string): boolean => /^CURFEW_(OLDER_)?SECRET_KEYS?$/.test(setting);

/** `curfew password` */
export async function runPassword(text: string, { as, print }: PasswordOptions): Promise<void> {
  if (!print && !isInteractive())
    throw new CommandError(
      'usage',
      'Nothing was shown: this is no terminal, so the password would go to a file or another program.\n  to do: run it on a terminal; or add --print, if that is what you want.',
    );
  await withContext(async (context) => {
    const { ledger } = context.deps;
    const request = await requestNamed(ledger, text);
    const caller = await whoActs(context, as);
    const show = print ? printPassword : showPassword;
    for (const lease of await leasesToShow(ledger, request, { caller, text }))
      await unfinished(async () => {
        const delivered = await deliveredTo(context, caller, lease);
        // Nothing is erased when the output ended before the person could read it.
        await show(await passwordOf(context, delivered), () => ledger.eraseSecret(delivered));
      });
  }, opensPasswords);
}

type PasswordRequest = Readonly<{ caller: CommandLineCaller; text: string }>;

/** The leases whose password waits for the requester. Everybody else names the first one, and is refused and recorded. */
async function leasesToShow(
  ledger: Ledger,
  request: RequestId,
  { caller, text }: PasswordRequest,
): Promise<readonly LeaseId[]> {
  const state = await stateIn(ledger, request);
  if (state.kind === 'blank') throw await noRequest(ledger, text);
  const first = [leaseIdOf(request, 0)];
  if (state.kind !== 'active' || state.details.requester !== caller.person) return first;
  const leases = await ledger.leasesOf(request);
  const waits = await Promise.all(leases.map(({ id }) => ledger.hasSecret(id)));
  const waiting = leases.flatMap(({ id }, index) => (waits[index] ? [id] : []));
  if (waiting.length > 0) return waiting;
  throw new CommandError(
    'notFound',
    'No password waits for this request: it was shown already, or this access needs none.\n  to do: if you did not see it, end the access ("curfew end") and request it again.',
  );
}

/** Records that the person wants to see it, and waits until a worker has recorded the delivery. Throws when it is refused. */
async function deliveredTo(
  { deps }: Context,
  caller: CommandLineCaller,
  lease: LeaseId,
): Promise<DeliveredSecret> {
  const request = requestIdOfLease(lease);
  const { id: click } = await receive(deps, caller, { kind: 'deliver', request, body: { lease } });
  const outcome = await waitForOutcome(deps.ledger, click, WAITS.clickDecision.ms);
  if (!outcome)
    throw new CommandError(
      'failed',
      'Your command is recorded, but Curfew has not decided it yet. The password is not lost.\n  to do: run it again in a minute ("curfew doctor" shows what is missing).',
    );
  if (outcome.kind === 'refused') throw refusal(outcome.refusal);
  return { lease, click, via: 'cli' };
}

const refusal = (refused: Refusal): CommandError =>
  refused.code === 'already-delivered'
    ? new CommandError(
        'notAllowed',
        'The password was released already.\n  to do: if you did not see it, run this again in 30 seconds. If you then read this again, end the access and tell your security team.',
      )
    : refusedError(refused, 'deliver');

async function passwordOf({ deps }: Context, delivered: DeliveredSecret): Promise<Password> {
  const openSecret = (sealed: Buffer, context: string): string => deps.sealer.open(sealed, context);
  const password = await takePassword({ ...deps, openSecret }, delivered).catch((error: unknown) => {
    if (!(error instanceof SecretUnreadable)) throw error;
    throw new CommandError(
      'failed',
      'This password cannot be shown, because it was sealed with another CURFEW_SECRET_KEY than the one that is set here. It is not lost.\n  to do: run this where the right key is set, or look into Slack in 30 seconds.',
    );
  });
  if (password) return password;
  throw new CommandError('notFound', 'There is no password for this access.');
}
