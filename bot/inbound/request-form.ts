import { noticeModal, messageModal } from '../cards/modals.ts';
import type { App } from '@slack/bolt';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { parseRequestId } from '../../core/ids.ts';
import { newFormId } from '../../inbox/receive.ts';
import { readOpenRequestsFor } from '../../requests/open-requests.ts';
import type { Phrase } from '../../wording/phrase.ts';
import { refusalPhrase, unreadablePolicyPhrase } from '../../wording/refusals.ts';
import {
  type Draft,
  parseDraft,
  FIELDS,
  type FormFields,
  type FormValues,
  nextBlock,
  parseMemory,
  readFields,
  LENGTH_ACTION,
} from '../cards/form-fields.ts';
import { fieldOf } from '../cards/request-modal.ts';
import { nothingFoundPhrase, searchOptions } from '../cards/search-options.ts';
import { type BotDeps, callerOf, type Client } from '../deps.ts';
import { plainText } from '../cards/mrkdwn.ts';
import type { SlackCaller } from './slack-inbox.ts';
import { drawnForm, formAgain, formWith, formWithOther, refusalsOf, updateForm } from './form-content.ts';
import { strangerPhrase } from './reader.ts';
import { findEntitlements } from '../../requests/find-entitlements.ts';
import { readSearched } from '../../requests/read-searched.ts';

type Opening = Readonly<{ trigger: string; caller: SlackCaller; draft: Draft }>;

/** Opens the form, filled in with the draft. */
export async function openRequestForm(
  deps: BotDeps,
  client: Client,
  { trigger, caller, draft }: Opening,
): Promise<void> {
  const person = await deps.inbox.personOf(caller);
  const policyProblem = await deps.policy.problem();
  const { channel } = caller;
  const messageView = (phrase: Phrase) => messageModal('Request access', phrase);
  const view = !person
    ? messageView(await strangerPhrase(deps, caller.user))
    : policyProblem === undefined
      ? await drawnForm(
          deps,
          await formWith(deps, person, draft, {
            form: newFormId(),
            ...(channel === undefined ? {} : { channel }),
          }),
        )
      : messageView(unreadablePolicyPhrase(policyProblem));
  await client.views.open({ trigger_id: trigger, view });
}

/** The buttons that open the form, each with what its value says. */
const OPENING: Readonly<
  Record<string, (deps: BotDeps, caller: SlackCaller, value: string | undefined) => Promise<Draft>>
> = {
  'open-request-form': (_deps, _caller, value) =>
    Promise.resolve(value === undefined ? {} : { entitlement: value }),
  'open-draft': (_deps, _caller, value) => Promise.resolve(parseDraft(value)),
  'request-again': draftOfRequest,
};

export function listenForRequestForm(app: App, deps: BotDeps): void {
  for (const [id, draftOf] of Object.entries(OPENING))
    app.action(id, async ({ ack, body, action, client }) => {
      await ack();
      if (body.type !== 'block_actions' || action.type !== 'button') return;
      const caller = callerOf(body);
      const draft = await draftOf(deps, caller, action.value);
      await openRequestForm(deps, client, { trigger: body.trigger_id, caller, draft });
    });

  app.action('entitlement', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view || action.type !== 'external_select') return;
    const { state, private_metadata } = body.view;
    const entitlement = action.selected_option?.value ?? '';
    const form = {
      fields: { ...readFields(state.values), whatBlock: action.block_id, entitlement },
      memory: parseMemory(private_metadata),
    };
    const person = await deps.inbox.personOf(callerOf(body));
    const other = await formWithOther(deps, person, form, nothingFoundPhrase(entitlement));
    await updateForm(deps, client, body.view, other);
  });

  app.action(LENGTH_ACTION, async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.view || action.type !== 'button') return;
    const { state, private_metadata } = body.view;
    const fields = readFields(state.values);
    const memory = parseMemory(private_metadata);
    const filled = {
      fields: { ...fields, length: action.value ?? '', lengthBlock: nextBlock(fields.lengthBlock) },
      memory: parseDuration(fields.length).ok ? { ...memory, typed: fields.length } : memory,
    };
    const form = await formAgain(deps, await deps.inbox.personOf(callerOf(body)), filled);
    await updateForm(deps, client, body.view, form);
  });

  app.view('request', async ({ ack, body, view }) => {
    const memory = parseMemory(view.private_metadata);
    const caller = { ...callerOf(body), channel: memory.channel, form: memory.form };
    const fields = readFields(view.state.values as FormValues);
    const { entitlement, length, reason } = fields;
    const person = await deps.inbox.personOf(caller);
    const openRequests = person ? await deps.ledger.countOpenRequests(person) : 0;
    const written = { entitlement, length, reason };
    const verdict = await deps.policy.judge({ ...written, person, reasonHash: '', openRequests });
    if (!verdict.allowed) {
      // The form shows the refusal, so it is not shown in the channel too.
      await deps.inbox.refuseRequest({ ...caller, channel: undefined }, verdict.refusal);
      return ack({ response_action: 'errors', errors: errorsOf(refusalsOf(verdict), fields) });
    }
    const open = person ? await readOpenRequestsFor(deps, person, verdict.judged.entitlement.id) : [];
    // The form was drawn before this request was opened, so the person has not seen it.
    if (open.some(({ id }) => !memory.shown?.includes(id))) {
      const form = await formAgain(deps, person, { fields, memory });
      return ack({ response_action: 'update', view: await drawnForm(deps, form) });
    }
    const { request } = await deps.inbox.receive(caller, { kind: 'request', body: written });
    const silence = deps.silence(request);
    return silence ? ack({ response_action: 'update', view: noticeModal('Recorded', silence) }) : ack();
  });
}

/** What an earlier request had. Only its requester gets its reason. */
async function draftOfRequest(
  { inbox, ledger }: BotDeps,
  caller: SlackCaller,
  value: string | undefined,
): Promise<Draft> {
  const request = parseRequestId(value ?? '');
  if (!request.ok) return {};
  const { state } = await ledger.readState(request.value);
  if (state.kind === 'blank') return {};
  const { requester, entitlement, minutes } = state.details;
  const draft = { entitlement, length: formatDuration(minutes) };
  if ((await inbox.personOf(caller)) !== requester) return draft;
  const { reason = '' } = await ledger.readFreeText(request.value);
  return { ...draft, reason };
}

/** Each refusal under its field. Of two for the same field, the first is shown. */
const errorsOf = (
  refusals: readonly RequestRefusal[],
  { whatBlock, lengthBlock }: FormFields,
): Record<string, string> => {
  const blocks = { what: whatBlock, length: lengthBlock, reason: FIELDS.reason };
  return Object.fromEntries(
    refusals
      .toReversed()
      .map((refusal) => [blocks[fieldOf(refusal)], plainText(refusalPhrase(refusal))] as const),
  );
};

/** The search in the form: only what this person may request. */
export function listenForEntitlementSearch(app: App, deps: BotDeps): void {
  app.options('entitlement', async ({ ack, body, payload }) => {
    const person = await deps.inbox.personOf(callerOf(body));
    if (!person) return ack({ options: [] });
    const searched = await readSearched(deps, person);
    // For a person who can request nothing, it does not matter what they typed.
    const typed = searched.requestable.length === 0 ? '' : payload.value;
    return ack(searchOptions(typed, findEntitlements(typed, searched)));
  });
}
