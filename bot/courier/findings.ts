import type { WebClient } from '@slack/web-api';
import type { FindingId } from '../../core/findings/finding.ts';
import { messageOf } from '../../core/faults.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import type { FindingMessage } from '../../ledger/index.ts';
import { viewFindings } from '../../requests/findings/view.ts';
import { personNames } from '../../requests/view.ts';
import type { BotDeps } from '../deps.ts';
import type { Messenger } from './messenger.ts';
import { messengerFor } from './messenger-for.ts';
import { type Pace, UNPACED } from './pace.ts';
import { firstPlace, messagesTo } from './places.ts';
import { findingsMessage } from '../cards/findings.ts';

/** The messages of findings are kept under the id of the first one, in the place of that of a request. */
const ownerOf = (message: FindingId): RequestId => message as string as RequestId;

/**
 * Tells the people who decide about findings of new ones, in one new message for all that were found at the same time, and draws that message
 * again when one of them changed.
 */
export function startFindingMessages(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
): { stop(): Promise<void> } {
  const messenger = messengerFor(deps, client, pace)();
  return deps.ledger.watch(
    'curfew_finding',
    async () => {
      const message = await deps.ledger.takeFindingMessage();
      if (!message) return 0;
      await showFindings(deps, messenger, message);
      await deps.ledger.endFindingMessage(message);
      return 1;
    },
    (error) => deps.warn(`the messages of findings are sent later: ${messageOf(error)}`),
  );
}

/** Each person who decides about one of the findings gets one message with those that are theirs. */
async function showFindings(
  deps: BotDeps,
  messenger: Messenger,
  { message, findings }: FindingMessage,
): Promise<void> {
  const views = await viewFindings(deps.policy, findings);
  if (!views.ok) throw new Error(views.error);
  const nameOf = personNames(await deps.policy.lastKnown());
  const posted = await deps.ledger.postedMessages(ownerOf(message));
  const deciders = new Set<PersonId>(views.value.flatMap((view) => view.deciders));
  if (deciders.size === 0)
    deps.warn(`nobody is told of ${findings.length} findings: the policy names nobody for them ("security")`);
  for (const person of deciders) {
    const theirs = views.value.filter((view) => view.deciders.includes(person));
    const shown = findingsMessage(theirs, person, nameOf);
    const [before] = messagesTo(posted, person);
    const user = nameOf(person).slack;
    if (before) await messenger.update(before, shown);
    else if (user !== undefined && theirs.some(({ finding }) => finding.state === 'open'))
      await messenger.postToPerson({
        request: ownerOf(message),
        place: firstPlace(person),
        user,
        message: shown,
      });
  }
}
