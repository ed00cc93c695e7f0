import type { App } from '@slack/bolt';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Stage } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { plainText } from '../mrkdwn.ts';
import type { SlackCaller } from '../slack-inbox.ts';
import { personNames } from '../../requests/view.ts';
import {
  entitlementOption,
  requestModal,
  type Chosen,
  fieldOf,
  FIELDS,
  type TypedFields,
} from '../blocks/request-modal.ts';
import { messageModal } from '../blocks/modals.ts';
import { strangerPhrase } from './stranger.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase, unreadablePolicyPhrase } from '../../wording/refusals.ts';

type Opening = Readonly<{
  trigger: string;
  caller: SlackCaller;
  entitlement: string | undefined;
  /** What the person wrote before, for the fields. */
  typed?: TypedFields;
}>;

/** Opens the form. An entitlement that was named is chosen already. */
export async function openRequestModal(
  deps: BotDeps,
  client: Client,
  { trigger, caller, entitlement, typed }: Opening,
): Promise<void> {
  const person = await deps.inbox.personOf(caller);
  const policyProblem = await deps.policy.problem();
  const nameOf = personNames(await deps.policy.lastKnown());
  const messageView = (phrase: Phrase) => messageModal('Request access', phrase);
  const view = !person
    ? messageView(await strangerPhrase(deps, caller.user))
    : policyProblem === undefined
      ? requestModal(await chosenOf(deps, caller, entitlement), nameOf, caller.channel ?? '', typed)
      : messageView(unreadablePolicyPhrase(policyProblem));
  await client.views.open({ trigger_id: trigger, view });
}

async function chosenOf(
  deps: BotDeps,
  caller: SlackCaller,
  name: string | undefined,
): Promise<Chosen | undefined> {
  const entitlement = name === undefined ? undefined : await deps.policy.entitlementNamed(name);
  if (!entitlement) return undefined;
  return { entitlement, route: await routeOf(deps, caller, entitlement) };
}

/** Who would approve. The policy judges a valid reason and length here, because the person has yet to type theirs. */
async function routeOf(
  deps: BotDeps,
  caller: SlackCaller,
  { id, usual }: Entitlement,
): Promise<Result<readonly Stage[], Phrase>> {
  const verdict = await deps.policy.judge({
    person: await deps.inbox.personOf(caller),
    entitlement: id,
    length: `${usual}m`,
    reason: 'not typed yet',
    reasonHash: '',
    openRequests: 0,
  });
  return verdict.allowed ? ok(verdict.judged.stages) : no(refusalPhrase(verdict.refusal));
}

export function listenForRequestForm(app: App, deps: BotDeps): void {
  app.action('open-request-form', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    const { value: entitlement } = action;
    await openRequestModal(deps, client, { trigger: body.trigger_id, caller: callerOf(body), entitlement });
  });

  app.options('entitlement', async ({ ack, body, payload }) => {
    const person = await deps.inbox.personOf(callerOf(body));
    const found = person ? matching(await deps.policy.requestableBy(person), payload.value) : [];
    await ack({ options: found.slice(0, 100).map(entitlementOption) });
  });

  app.action('entitlement', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view || action.type !== 'external_select') return;
    const nameOf = personNames(await deps.policy.lastKnown());
    const chosen = await chosenOf(deps, callerOf(body), action.selected_option?.value);
    const { id, hash, private_metadata } = body.view;
    await client.views.update({
      view_id: id,
      hash,
      view: requestModal(chosen, nameOf, private_metadata),
    });
  });

  app.view('request', async ({ ack, body, view }) => {
    const caller = { ...callerOf(body), channel: view.private_metadata || undefined };
    const form = readForm(view.state.values);
    const person = await deps.inbox.personOf(caller);
    const openRequests = person ? await deps.ledger.countOpenRequests(person) : 0;
    const verdict = await deps.policy.judge({ ...form.body, person, reasonHash: '', openRequests });
    if (verdict.allowed) {
      await deps.inbox.receive(caller, { kind: 'request', body: form.body });
      return ack();
    }
    // The form shows the refusal, so it is not shown in the channel too.
    await deps.inbox.refuseRequest({ ...caller, channel: undefined }, verdict.refusal);
    return ack({ response_action: 'errors', errors: errorsOf(verdict.refusal, form.lengthBlock) });
  });
}

/** The entitlements whose id, title or synonym contains the typed text. Those that begin with it come first. */
export function matching(requestable: readonly Entitlement[], typed: string): readonly Entitlement[] {
  const text = typed.trim().toLowerCase();
  const namesOf = ({ id, title, synonyms }: Entitlement) =>
    [id, title, ...synonyms].map((name) => name.toLowerCase());
  const found = requestable.filter((each) => namesOf(each).some((name) => name.includes(text)));
  const rank = (each: Entitlement) => (namesOf(each).some((name) => name.startsWith(text)) ? 0 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

type Values = Readonly<
  Record<
    string,
    Readonly<Record<string, { value?: string | null; selected_option?: { value: string } | null }>>
  >
>;

function readForm(values: Values) {
  const lengthBlock = Object.keys(values).find((block) => block.startsWith(FIELDS.length)) ?? FIELDS.length;
  return {
    lengthBlock,
    body: {
      entitlement: values[FIELDS.what]?.['entitlement']?.selected_option?.value ?? '',
      length: (values[lengthBlock]?.['text']?.value ?? '').trim(),
      reason: values[FIELDS.reason]?.['text']?.value ?? '',
    },
  };
}

function errorsOf(refusal: RequestRefusal, lengthBlock: string): Record<string, string> {
  const field = fieldOf(refusal);
  return { [field === 'length' ? lengthBlock : FIELDS[field]]: plainText(refusalPhrase(refusal)) };
}
