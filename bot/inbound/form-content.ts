import type { ModalView } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { PersonId } from '../../core/ids.ts';
import type { Stage } from '../../core/request/state.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Entitlement, Verdict } from '../../policy/index.ts';
import { deniedTo } from '../../requests/elsewhere.ts';
import { nearestEntitlement } from '../../requests/find-entitlements.ts';
import { readOpenRequestsFor } from '../../requests/open-requests.ts';
import { readSearched } from '../../requests/read-searched.ts';
import { personNames } from '../../requests/view.ts';
import { code, type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { type Draft, FIELDS, type FormFields, type FormMemory, nextBlock } from '../cards/form-fields.ts';
import { type FormChoice, requestModal, type RequestForm } from '../cards/request-modal.ts';
import type { BotDeps, Client } from '../deps.ts';
import type { ViewOutput } from '@slack/bolt';
import { slackErrorCode } from '../courier/slack-errors.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';

/** The form that opens with what is known already. A mistyped name stands for the nearest one, and the form says so. */
export async function formWith(
  deps: BotDeps,
  person: PersonId,
  { entitlement: name = '', length = '', reason = '' }: Draft,
  memory: Pick<FormMemory, 'form' | 'channel'>,
): Promise<RequestForm> {
  const named = name === '' ? undefined : await deps.policy.entitlementNamed(name);
  const nearest =
    name === '' || named ? undefined : nearestEntitlement(name, await readSearched(deps, person));
  const chosen = await chosenOf(deps, person, named ?? nearest);
  const filled = usualLength(chosen);
  return {
    chosen,
    fields: {
      whatBlock: FIELDS.what,
      lengthBlock: lengthBlockOf(chosen),
      length: length === '' ? filled : length,
      reason,
    },
    memory: { ...memory, filled },
    notice: name === '' || named ? undefined : unknownNamePhrase(name, nearest),
  };
}

/**
 * The same form after the person chose another entitlement. Curfew fills in the usual length, unless the person gave a
 * length of their own.
 */
export async function formWithOther(
  deps: BotDeps,
  person: PersonId | null,
  { fields, memory }: Readonly<{ fields: FormFields; memory: FormMemory }>,
  notice?: Phrase,
): Promise<RequestForm> {
  const named = notice ? undefined : await deps.policy.entitlementNamed(fields.entitlement);
  const chosen = await chosenOf(deps, person, named);
  const isOwn = fields.length !== '' && fields.length !== memory.filled;
  const filled = usualLength(chosen);
  return {
    chosen,
    fields: {
      ...fields,
      // Slack would keep showing the option that says that nothing was found.
      ...(notice ? { whatBlock: nextBlock(fields.whatBlock) } : {}),
      ...(isOwn ? {} : { lengthBlock: lengthBlockOf(chosen), length: filled }),
    },
    memory: { ...memory, filled },
    notice,
  };
}

/** The same form, with what is open now. */
export const formAgain = async (
  deps: BotDeps,
  person: PersonId | null,
  { fields, memory }: Readonly<{ fields: FormFields; memory: FormMemory }>,
): Promise<RequestForm> => ({
  chosen: await chosenOf(deps, person, await deps.policy.entitlementNamed(fields.entitlement)),
  fields,
  memory,
});

/** The form as Slack takes it. */
export const drawnForm = async (deps: BotDeps, form: RequestForm): Promise<ModalView> =>
  requestModal(form, personNames(await deps.policy.lastKnown()));

const usualLength = (chosen: FormChoice | undefined): string =>
  chosen ? formatDuration(chosen.entitlement.usual) : '';

/** It contains the entitlement, so that another one gets its own length. */
const lengthBlockOf = (chosen: FormChoice | undefined): string =>
  chosen ? `${FIELDS.length}-${chosen.entitlement.id}` : FIELDS.length;

const unknownNamePhrase = (typed: string, nearest: Entitlement | undefined): Phrase =>
  nearest
    ? phrase`There is no entitlement “${quoted(typed)}”. The nearest is ${code(nearest.id)}, so it is filled in. Is it not the one? Search for another.`
    : phrase`There is no entitlement “${quoted(typed)}”. Search for it here.`;

async function chosenOf(
  deps: BotDeps,
  person: PersonId | null,
  entitlement: Entitlement | undefined,
): Promise<FormChoice | undefined> {
  if (!entitlement) return undefined;
  const [route, open, denied] = await Promise.all([
    routeOf(deps, person, entitlement),
    person ? readOpenRequestsFor(deps, person, entitlement.id) : [],
    person ? deniedTo(deps.ledger, person) : [],
  ]);
  const isHere = ({ provider }: Readonly<{ provider: string }>) =>
    entitlement.targets.some((target) => target.provider === provider);
  return { entitlement, route, open, denied: denied.filter(isHere) };
}

/** Who would approve. The policy judges a valid reason and length here, because the person has yet to type theirs. */
async function routeOf(
  deps: BotDeps,
  person: PersonId | null,
  { id, usual }: Entitlement,
): Promise<Result<readonly Stage[], Phrase>> {
  const verdict = await deps.policy.judge({
    person,
    entitlement: id,
    length: `${usual}m`,
    reason: 'not typed yet',
    reasonHash: '',
    openRequests: 0,
  });
  return verdict.allowed ? ok(verdict.judged.stages) : no(refusalPhrase(verdict.refusal));
}

/**
 * Draws the form again. When it was drawn again meanwhile, because the person did something else too, that later drawing
 * stays: Slack compares the hash of what the person saw.
 */
export async function updateForm(
  deps: BotDeps,
  client: Client,
  { id, hash }: Pick<ViewOutput, 'id' | 'hash'>,
  form: RequestForm,
): Promise<void> {
  const view = await drawnForm(deps, form);
  await client.views.update({ view_id: id, hash, view }).catch((error: unknown) => {
    if (slackErrorCode(error) !== 'hash_conflict') throw error;
  });
}

/** Why a request is refused: every mistake in it, in the order of the rules. */
export const refusalsOf = (verdict: Extract<Verdict, { allowed: false }>): readonly RequestRefusal[] => {
  const found = verdict.rules.flatMap((rule) => (rule.verdict === 'refuse' ? [rule.refusal] : []));
  return found.length > 0 ? found : [verdict.refusal];
};
