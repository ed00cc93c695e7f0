import type { App } from '@slack/bolt';
import { messageOf } from '../../core/faults.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { isBlank } from '../../core/text.ts';
import { WAITS } from '../../core/waits.ts';
import { waitForOutcome } from '../../inbox/click-outcome.ts';
import type { Click } from '../../ledger/index.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { type FindingView, viewFindings } from '../../requests/findings/view.ts';
import { personNames } from '../../requests/view.ts';
import { refusalPhrase, unknownPersonPhrase } from '../../wording/refusals.ts';
import { phraseMessage } from '../cards/rendered-message.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { answerUnknownButton } from './answer-buttons.ts';
import { plainText } from '../cards/mrkdwn.ts';
import type { SlackCaller } from './slack-inbox.ts';
import {
  adoptModal,
  confirmBlocks,
  type FindingValue,
  parseFindingValue,
  revokeModal,
} from '../cards/findings.ts';

/**
 * The buttons `Adopt as standing…` and `Revoke…` of a finding, and their forms. What is submitted is stored and then acknowledged. A worker
 * decides it, and the sweeper carries it out. Who is refused is told so privately.
 */
export function listenForFindings(app: App, deps: BotDeps): void {
  for (const kind of ['adopt-finding', 'revoke-finding'] as const) {
    app.action(kind, async ({ ack, body, action, client }) => {
      const caller = callerOf(body);
      const value = parseFindingValue('value' in action ? action.value : undefined);
      if (!value || body.type !== 'block_actions') {
        await ack();
        return answerUnknownButton(client, caller);
      }
      const view = await viewFor(deps, caller, value);
      if (!view) {
        // It is stored as it is, so that the worker refuses it, records that, and the person is told.
        const click = await deps.inbox.receive(caller, { kind, body: value });
        await ack();
        return tellRefusal(deps, client, { caller, click, value });
      }
      await ack();
      const nameOf = personNames(await deps.policy.lastKnown());
      const metadata = JSON.stringify({ ...value, channel: caller.channel, message: caller.message });
      const form =
        kind === 'adopt-finding'
          ? adoptModal(view, nameOf, metadata)
          : revokeModal(view, nameOf, { metadata, confirmed: value.confirmed });
      await client.views.open({ trigger_id: body.trigger_id, view: form });
    });

    app.view(kind, async ({ ack, body, view, client }) => {
      const { finding, seen, confirmed, channel, message } = JSON.parse(view.private_metadata) as Readonly<{
        finding?: string;
        seen?: string;
        confirmed?: number;
        channel?: string;
        message?: string;
      }>;
      const value = parseFindingValue(`${finding} ${seen}${confirmed === undefined ? '' : ` ${confirmed}`}`);
      const note = view.state.values['note']?.['text']?.value?.trim() ?? '';
      if (!value) return ack();
      if (kind === 'adopt-finding' && isBlank(note))
        return ack({
          response_action: 'errors',
          errors: { note: plainText(refusalPhrase({ code: 'adopt-reason-missing' })) },
        });
      const caller = { ...callerOf(body), channel, message };
      const click = await deps.inbox.receive(caller, {
        kind,
        body: kind === 'adopt-finding' ? { ...value, note } : value,
      });
      await ack();
      await tellRefusal(deps, client, { caller, click, value });
    });
  }
}

/** The finding, for somebody who may decide about it at this moment. The form shows what the message shows. */
async function viewFor(
  deps: BotDeps,
  caller: SlackCaller,
  { finding: id, seen }: FindingValue,
): Promise<FindingView | undefined> {
  const finding = await deps.ledger.readFinding(id);
  const person = await deps.inbox.personOf(caller);
  if (!finding || !person || finding.state !== 'open' || finding.pending) return undefined;
  if (seenDigest(finding) !== seen) return undefined;
  const views = await viewFindings(deps.policy, [finding]);
  const view = views.ok ? views.value[0] : undefined;
  return view?.deciders.includes(person) ? view : undefined;
}

type Sent = Readonly<{ caller: SlackCaller; click: Click; value: FindingValue }>;

/** Tells the person privately why their click was refused. What counts is shown by their message. */
async function tellRefusal(deps: BotDeps, client: Client, { caller, click, value }: Sent): Promise<void> {
  try {
    const outcome = await waitForOutcome(deps.ledger, click.id, WAITS.clickDecision.ms);
    if (outcome?.kind !== 'refused') return;
    const { refusal } = outcome;
    const nameOf = personNames(await deps.policy.lastKnown());
    const shown = phraseMessage([await phraseOf(deps, refusal)], nameOf);
    const blocks =
      refusal.code === 'over-removal-cap'
        ? [...shown.blocks, ...confirmBlocks(value, refusal.count)]
        : shown.blocks;
    await client.chat.postEphemeral({
      channel: caller.channel ?? caller.user,
      user: caller.user,
      text: shown.text,
      blocks,
    });
  } catch (error) {
    deps.warn(`a person was not told that their click was refused: ${messageOf(error)}`);
  }
}

const phraseOf = async ({ policy }: BotDeps, refusal: Refusal) =>
  refusal.code === 'unknown-person' ? unknownPersonPhrase(await policy.problem()) : refusalPhrase(refusal);
