import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { formatDuration, spellDuration } from '../../core/duration.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Result } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import { type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { capped } from '../../wording/text.ts';
import { stagesPhrase } from '../../wording/stages.ts';
import type { NameOf } from '../rich-text.ts';
import { exact, paragraph, plain, SLACK } from './elements.ts';
import { targetLine } from './target-lines.ts';

/** The block id of each field, for errors and for reading the answer. */
export const FIELDS = { what: 'what', length: 'length', reason: 'reason' } as const;

/** The entitlement that is chosen in the form. */
export type Chosen = Readonly<{
  entitlement: Entitlement;
  /** Who would approve a request for it, or why this person cannot request it. */
  route: Result<readonly Stage[], Phrase>;
}>;

/** What a person wrote before the form was opened. */
export type TypedFields = Readonly<{ length?: string; reason?: string }>;

/** The form for a request. When another entitlement is chosen it is drawn again, and the typed text stays. */
export function requestModal(
  chosen: Chosen | undefined,
  nameOf: NameOf,
  metadata: string,
  typed: TypedFields = {},
): ModalView {
  return {
    type: 'modal',
    callback_id: 'request',
    private_metadata: metadata,
    title: { type: 'plain_text', text: 'Request access' },
    submit: { type: 'plain_text', text: 'Request' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: FIELDS.what,
        dispatch_action: true,
        label: plain('What do you need?'),
        element: {
          type: 'external_select',
          action_id: 'entitlement',
          min_query_length: 0,
          placeholder: plain('Type to search'),
          ...(chosen ? { initial_option: entitlementOption(chosen.entitlement) } : {}),
        },
      },
      ...(chosen ? summaryBlocks(chosen, nameOf) : []),
      lengthInput(chosen, typed.length),
      {
        type: 'input',
        block_id: FIELDS.reason,
        label: plain('Why?'),
        hint: plain('A ticket or one sentence. The approvers and the auditors read it.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: LIMITS.reasonLength,
          ...(typed.reason ? { initial_value: capped(typed.reason, LIMITS.reasonLength) } : {}),
        },
      },
    ],
  };
}

/** The block id contains the entitlement, because Slack keeps the old value of a block whose id stays. */
const lengthInput = (chosen: Chosen | undefined, typed: string | undefined): KnownBlock => ({
  type: 'input',
  block_id: chosen ? `${FIELDS.length}-${chosen.entitlement.id}` : FIELDS.length,
  label: plain('For how long?'),
  hint: plain(
    chosen
      ? `For example 30m or 2h30m. At most ${formatDuration(chosen.entitlement.longest)}.`
      : 'For example 30m, 2h30m or 1d.',
    150,
  ),
  element: {
    type: 'plain_text_input',
    action_id: 'text',
    max_length: LENGTH_FIELD,
    ...initialLength(typed?.slice(0, LENGTH_FIELD) ?? (chosen && spellDuration(chosen.entitlement.usual))),
  },
});

/** Characters that the field of a length takes. */
const LENGTH_FIELD = 20;

const initialLength = (value: string | undefined) => (value === undefined ? {} : { initial_value: value });

const summaryBlocks = ({ entitlement, route }: Chosen, nameOf: NameOf): readonly KnownBlock[] => [
  ...(entitlement.about ? [paragraph(quoted(entitlement.about))] : []),
  exact(entitlement.targets.map(({ described }) => targetLine(described.plain)).join('\n')),
  route.ok
    ? paragraph(phrase`Approvers: ${stagesPhrase(route.value)}.`, nameOf)
    : paragraph(route.error, nameOf, 'warning'),
];

export const entitlementOption = ({ id, title, about }: Entitlement): PlainTextOption => ({
  text: plain(title, SLACK.option),
  value: id,
  ...(about ? { description: plain(about, SLACK.option) } : {}),
});

/** The field under which the form shows this refusal. */
export function fieldOf(refusal: RequestRefusal): keyof typeof FIELDS {
  switch (refusal.code) {
    case 'length-unreadable':
    case 'too-long':
      return 'length';
    case 'reason-missing':
    case 'reason-too-long':
      return 'reason';
    case 'unknown-entitlement':
    case 'unknown-person':
    case 'nobody-can-approve':
    case 'too-many-open':
    case 'not-allowed':
    case 'no-account':
    case 'not-a-member':
      return 'what';
  }
}
