import type { PersonId } from '../../core/ids.ts';
import type { FindingMessage } from '../../ledger/index.ts';
import { viewFindings } from '../../requests/findings/view.ts';
import { personNames } from '../../requests/view.ts';
import { findingsMessage } from '../cards/findings.ts';
import type { MessageKind, OutboxTools } from './message-kind.ts';
import { firstPlace, messagesTo, ownerOf } from './places.ts';

/**
 * The messages that tell people who decide about findings of new ones: one message for all that were found at the same time. It is drawn
 * again when one of them changed. They are kept under the id of the first finding.
 */
export const findings = (tools: OutboxTools): MessageKind => ({
  wakes: 'curfew_finding',
  late: 'the messages of findings are sent later',
  async take() {
    const due = await tools.deps.ledger.takeFindingMessage();
    if (!due) return [];
    const send = async () => {
      await showFindings(tools, due);
      await tools.deps.ledger.endFindingMessage(due);
    };
    return [{ id: due.message, send }];
  },
});

/** Each person who decides about one of the findings gets one message with those that are theirs. */
async function showFindings(
  { deps, messengerOf }: OutboxTools,
  { message, findings: all }: FindingMessage,
): Promise<void> {
  const views = await viewFindings(deps.policy, all);
  if (!views.ok) throw new Error(views.error);
  const nameOf = personNames(await deps.policy.lastKnown());
  const request = ownerOf(message);
  const posted = await deps.ledger.postedMessages(request);
  const deciders = new Set<PersonId>(views.value.flatMap((view) => view.deciders));
  if (deciders.size === 0)
    deps.warn(`nobody is told of ${all.length} findings: the policy names nobody for them ("security")`);
  for (const person of deciders) {
    const theirs = views.value.filter((view) => view.deciders.includes(person));
    const shown = findingsMessage(theirs, person, nameOf);
    const [before] = messagesTo(posted, person);
    const user = nameOf(person).slack;
    if (before) await messengerOf().update(before, shown);
    else if (user !== undefined && theirs.some(({ finding }) => finding.state === 'open'))
      await messengerOf().postToPerson({ request, place: firstPlace(person), user, message: shown });
  }
}
