import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { accountRefusal } from '../../core/account.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { judgeEndAll } from '../../requests/mass-ending/end-all.ts';
import { readContent } from '../../requests/mass-ending/read-content.ts';
import { scopeTyped } from '../../requests/mass-ending/scope-typed.ts';
import { personNames } from '../../requests/view.ts';
import { type Phrase, phrase } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import {
  chooseScopeModal,
  END_ALL_ENTRIES,
  END_ALL_FIELDS,
  END_ALL_TITLE,
  END_ALL_VALUE,
  endAllModal,
  endingPhraseOf,
} from '../cards/end-all-modal.ts';
import { messageModal } from '../cards/modals.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { plainText } from '../cards/mrkdwn.ts';
import type { SlackCaller } from './slack-inbox.ts';

/**
 * The forms with which somebody ends everything of a person, an entitlement or a provider: one asks what, the other shows it and asks
 * once more. What is submitted is stored and then acknowledged. A worker decides it.
 */
export function listenForEndAll(app: App, deps: BotDeps): void {
  app.action('end-all-choose', async ({ ack, body, client }) => {
    await ack();
    if (body.type === 'block_actions')
      await client.views.open({ trigger_id: body.trigger_id, view: chooseScopeModal() });
  });

  app.view('end-all-choose', async ({ ack, body, view }) => {
    const typed = view.state.values[END_ALL_FIELDS.what]?.[END_ALL_VALUE]?.value ?? '';
    await ack({ response_action: 'update', view: await formFor(deps, callerOf(body), typed) });
  });

  app.view('end-all', async ({ ack, body, view }) => {
    const { scope, total, channel } = JSON.parse(view.private_metadata) as Readonly<{
      scope: EndScope;
      total: number;
      channel?: string;
    }>;
    const value = (field: string) => view.state.values[field]?.[END_ALL_VALUE]?.value ?? '';
    const reason = value(END_ALL_FIELDS.reason);
    if (value(END_ALL_FIELDS.count).trim() !== String(total))
      return ack({
        response_action: 'errors',
        errors: { [END_ALL_FIELDS.count]: `Type ${total}, the number of requests that is shown above.` },
      });
    const caller = { ...callerOf(body), channel };
    const refusal = await refusalOf(deps, caller, { scope, reason });
    if (refusal?.code === 'reason-missing' || refusal?.code === 'reason-too-long')
      return ack({
        response_action: 'errors',
        errors: { [END_ALL_FIELDS.reason]: plainText(refusalPhrase(refusal, 'end-all')) },
      });
    await deps.inbox.receive(caller, { kind: 'end-all', body: { scope, reason } });
    const answer = refusal ? refusalPhrase(refusal, 'end-all') : endingPhraseOf(scope);
    return ack({ response_action: 'update', view: messageModal(END_ALL_TITLE, answer) });
  });
}

/** `/access end …`: opens the form with what would end. Without anything typed it asks first. */
export async function openEndAll(
  deps: BotDeps,
  client: Client,
  { trigger, caller, typed }: Readonly<{ trigger: string; caller: SlackCaller; typed: string }>,
): Promise<void> {
  const view = typed === '' ? chooseScopeModal() : await formFor(deps, caller, typed);
  await client.views.open({ trigger_id: trigger, view });
}

/** The form that shows what would end, or why this person may not end it. */
async function formFor(deps: BotDeps, caller: SlackCaller, typed: string): Promise<ModalView> {
  const person = await memberOf(deps, caller);
  if (!person.ok) return answer(refusalPhrase(person.error, 'end-all'));
  const scope = await scopeTyped(deps, person.value, typed);
  if (!scope)
    return answer(
      phrase`Curfew knows no person, entitlement or provider of this name. Check the name and try again.`,
    );
  // The reason is written in the form that opens now.
  const judged = await judgeEndAll(deps, { by: person.value, scope, reason: 'asked' });
  if (!judged.ok) {
    // The worker refuses it too, so that the attempt is recorded.
    await deps.inbox.receive(caller, { kind: 'end-all', body: { scope, reason: '' } });
    return answer(refusalPhrase(judged.error, 'end-all'));
  }
  const content = await readContent(deps, judged.value.scope, END_ALL_ENTRIES);
  const { needs } = judged.value;
  return endAllModal({
    scope,
    content,
    ...(needs === undefined ? {} : { needs }),
    nameOf: personNames(await deps.policy.lastKnown()),
    metadata: JSON.stringify({ scope: judged.value.scope, total: content.total, channel: caller.channel }),
  });
}

const answer = (what: Phrase): ModalView => messageModal(END_ALL_TITLE, what);

/** The person of an account that is a member. Nobody else sees what others have. */
async function memberOf(deps: BotDeps, caller: SlackCaller): Promise<Result<PersonId, Refusal>> {
  const person = await deps.inbox.personOf(caller);
  if (!person) return no({ code: 'unknown-person' });
  const why = accountRefusal(await deps.readAccount(caller.user), caller.user);
  return why ? no({ code: 'not-a-member', why }) : ok(person);
}

async function refusalOf(
  deps: BotDeps,
  caller: SlackCaller,
  { scope, reason }: Readonly<{ scope: EndScope; reason: string }>,
): Promise<Refusal | undefined> {
  const person = await memberOf(deps, caller);
  if (!person.ok) return person.error;
  const judged = await judgeEndAll(deps, { by: person.value, scope, reason });
  return judged.ok ? undefined : judged.error;
}
