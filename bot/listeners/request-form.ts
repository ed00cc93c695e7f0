import type { App } from '@slack/bolt';
import type { AskRefusal, Stage } from '../../core/request/request.ts';
import type { Entitlement } from '../../policy/index.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import type { Caller } from '../../inbox/receive.ts';
import { describe, whoIn } from '../../requests/view.ts';
import { askModal, type Chosen, fieldOf, FIELDS, option } from '../blocks/request-modal.ts';
import { sorryModal } from '../blocks/modals.ts';
import { mention } from '../blocks/request-card.ts';
import { refusalText, strangerText, unreadableText } from '../../wording/refusals.ts';

type Opening = Readonly<{ trigger: string; caller: Caller; wanted: string | undefined }>;

/** Opens the form, with something chosen already when it was named and may be asked for. */
export async function openAskModal(
  deps: BotDeps,
  client: Client,
  { trigger, caller, wanted }: Opening,
): Promise<void> {
  const person = await deps.door.personOf(caller);
  const unreadable = await deps.policy.unreadable();
  const spell = mention(whoIn(await deps.policy.lastKnown()));
  const sorry = (text: string) => sorryModal('Ask for access', text);
  const view = !person
    ? sorry(strangerText(unreadable))
    : unreadable === undefined
      ? askModal(await chosenOf(deps, caller, wanted), spell, caller.channel ?? '')
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
    targets: entitlement.targets.map(({ provider, target }) =>
      describe(provider, deps.providers.get(provider), target),
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
    person: await deps.door.personOf(caller),
    entitlement: id,
    length: `${usual}m`,
    reason: 'to be told',
    reasonHash: '',
    openRequests: 0,
  });
  return judged.ok ? judged.value.stages : refusalText(judged.error, String);
}

export function askActions(app: App, deps: BotDeps): void {
  app.action('open-ask', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    const wanted = action.value === 'home' ? undefined : action.value;
    await openAskModal(deps, client, { trigger: body.trigger_id, caller: callerOf(body), wanted });
  });

  app.options('entitlement', async ({ ack, body, payload }) => {
    const person = await deps.door.personOf(callerOf(body));
    const found = person ? matching(await deps.policy.askableBy(person), payload.value) : [];
    await ack({ options: found.slice(0, 100).map(option) });
  });

  app.action('entitlement', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view || action.type !== 'external_select') return;
    const spell = mention(whoIn(await deps.policy.lastKnown()));
    const chosen = await chosenOf(deps, callerOf(body), action.selected_option?.value);
    const { id, hash, private_metadata } = body.view;
    await client.views.update({
      view_id: id,
      hash,
      view: askModal(chosen, spell, private_metadata),
    });
  });

  app.view('ask', async ({ ack, body, view }) => {
    const caller = { ...callerOf(body), channel: view.private_metadata || undefined };
    const asked = readForm(view.state.values);
    const person = await deps.door.personOf(caller);
    const openRequests = person ? await deps.ledger.countOpen(person) : 0;
    const judged = await deps.policy.judge({ ...asked.body, person, reasonHash: '', openRequests });
    if (judged.ok) {
      await deps.door.receive(caller, { kind: 'ask', body: asked.body });
      return ack();
    }
    const quiet = { ...caller, channel: undefined }; // told in the form, so not again in the channel
    await deps.door.refuseAsk(quiet, judged.error);
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

function errorsOf(refusal: AskRefusal, lengthBlock: string): Record<string, string> {
  const field = fieldOf(refusal);
  const text = refusalText(refusal, String).replaceAll('`', '');
  return { [field === 'length' ? lengthBlock : FIELDS[field]]: text };
}
