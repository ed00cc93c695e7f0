import type { App } from '@slack/bolt';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Entitlement } from '../../policy/index.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import type { Caller } from '../slack-inbox.ts';
import { describeTarget, personNames } from '../../requests/view.ts';
import { requestModal, type Chosen, fieldOf, FIELDS, option } from '../blocks/request-modal.ts';
import { messageModal } from '../blocks/modals.ts';
import { mention } from '../blocks/request-card.ts';
import { refusalText, unknownPersonText, unreadableText } from '../../wording/refusals.ts';

type Opening = Readonly<{ trigger: string; caller: Caller; wanted: string | undefined }>;

/** Opens the form, with something chosen already when it was named and may be asked for. */
export async function openRequestModal(
  deps: BotDeps,
  client: Client,
  { trigger, caller, wanted }: Opening,
): Promise<void> {
  const person = await deps.inbox.personOf(caller);
  const unreadable = await deps.policy.problem();
  const spell = mention(personNames(await deps.policy.lastKnown()));
  const sorry = (text: string) => messageModal('Ask for access', text);
  const view = !person
    ? sorry(unknownPersonText(unreadable))
    : unreadable === undefined
      ? requestModal(await chosenOf(deps, caller, wanted), spell, caller.channel ?? '')
      : sorry(unreadableText(unreadable));
  await client.views.open({ trigger_id: trigger, view });
}

async function chosenOf(
  deps: BotDeps,
  caller: Caller,
  wanted: string | undefined,
): Promise<Chosen | undefined> {
  const entitlement = wanted === undefined ? undefined : await deps.policy.entitlementNamed(wanted);
  if (!entitlement) return undefined;
  return {
    entitlement,
    targets: entitlement.targets.map(({ provider, spec }) =>
      describeTarget(provider, deps.providers.get(provider), spec),
    ),
    route: await routeOf(deps, caller, entitlement),
  };
}

/** Who would be asked; judged with a reason and a length that pass, since those are still to be typed. */
async function routeOf(
  deps: BotDeps,
  caller: Caller,
  { id, usual }: Entitlement,
): Promise<readonly Stage[] | string> {
  const judged = await deps.policy.judge({
    person: await deps.inbox.personOf(caller),
    entitlement: id,
    length: `${usual}m`,
    reason: 'to be told',
    reasonHash: '',
    openRequests: 0,
  });
  return judged.ok ? judged.value.stages : refusalText(judged.error, String);
}

export function requestForm(app: App, deps: BotDeps): void {
  app.action('open-ask', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    const wanted = action.value === 'home' ? undefined : action.value;
    await openRequestModal(deps, client, { trigger: body.trigger_id, caller: callerOf(body), wanted });
  });

  app.options('entitlement', async ({ ack, body, payload }) => {
    const person = await deps.inbox.personOf(callerOf(body));
    const found = person ? matching(await deps.policy.requestableBy(person), payload.value) : [];
    await ack({ options: found.slice(0, 100).map(option) });
  });

  app.action('entitlement', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view || action.type !== 'external_select') return;
    const spell = mention(personNames(await deps.policy.lastKnown()));
    const chosen = await chosenOf(deps, callerOf(body), action.selected_option?.value);
    const { id, hash, private_metadata } = body.view;
    await client.views.update({
      view_id: id,
      hash,
      view: requestModal(chosen, spell, private_metadata),
    });
  });

  app.view('request', async ({ ack, body, view }) => {
    const caller = { ...callerOf(body), channel: view.private_metadata || undefined };
    const asked = readForm(view.state.values);
    const person = await deps.inbox.personOf(caller);
    const openRequests = person ? await deps.ledger.countOpenRequests(person) : 0;
    const judged = await deps.policy.judge({ ...asked.body, person, reasonHash: '', openRequests });
    if (judged.ok) {
      await deps.inbox.receive(caller, { kind: 'request', body: asked.body });
      return ack();
    }
    const quiet = { ...caller, channel: undefined }; // told in the form, so not again in the channel
    await deps.inbox.refuseRequest(quiet, judged.error);
    return ack({ response_action: 'errors', errors: errorsOf(judged.error, asked.lengthBlock) });
  });
}

/** Everything whose id, title or synonym holds what was typed; those that begin with it come first. */
export function matching(askable: readonly Entitlement[], typed: string): readonly Entitlement[] {
  const word = typed.trim().toLowerCase();
  const words = ({ id, title, synonyms }: Entitlement) =>
    [id, title, ...synonyms].map((one) => one.toLowerCase());
  const found = askable.filter((each) => words(each).some((one) => one.includes(word)));
  const first = (each: Entitlement) => (words(each).some((one) => one.startsWith(word)) ? 0 : 1);
  return [...found].sort((a, b) => first(a) - first(b));
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
  const text = refusalText(refusal, String).replaceAll('`', '');
  return { [field === 'length' ? lengthBlock : FIELDS[field]]: text };
}
