import type { Event } from '../../core/request/events.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import type { Click } from '../../ledger/index.ts';
import { personNames, readRequestView } from '../../requests/view.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';
import { isMendable, offerMessage, refusedRequestMessage } from '../cards/offers.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';

type Tools = Readonly<{ deps: BotDeps; messenger: Messenger }>;
type Refused = Extract<Event, { kind: 'refused' }>;

/** A refusal that repeats an earlier one can differ from it in what stands beside the code, such as a limit. The click has its own. */
export async function asDecided({ deps }: Tools, event: Refused, { id }: Click): Promise<Refused> {
  const outcome = (await deps.ledger.clickOutcome(id)) as ClickOutcome | undefined;
  return outcome?.kind === 'refused' ? { ...event, refusal: outcome.refusal } : event;
}

/** Tells a person that their click was refused, where they clicked, so that only they see it. */
export async function answerRefusedClick(
  { deps, messenger }: Tools,
  { refusal, tried }: Refused,
  click: Click,
): Promise<void> {
  const { account, via, body } = click;
  if (via !== 'slack' || 'refusal' in body) return; // The form showed it.
  if (click.kind === 'request' && refusal.code === 'already-open') {
    const open = await readRequestView(deps, refusal.request);
    if (open) return messenger.postPrivately(account, body.channel, offerMessage([open], click.body));
  }
  if (click.kind === 'request' && isMendable(refusal))
    return messenger.postPrivately(
      account,
      body.channel,
      refusedRequestMessage(refusal, click.body),
      click.request,
    );
  const nameOf = personNames(await deps.policy.lastKnown());
  const answer =
    refusal.code === 'unknown-person'
      ? unknownPersonPhrase(await deps.policy.problem())
      : refusalPhrase(refusal, tried);
  await messenger.postPrivately(account, body.channel, phraseMessage([answer], nameOf), click.request);
}
