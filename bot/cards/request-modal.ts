import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import type { Elsewhere } from '../../core/elsewhere.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Result } from '../../core/result.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { RequestView } from '../../requests/view.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { type Phrase, phrase, quoted } from '../../wording/phrase.ts';
import { stagesPhrase } from '../../wording/stages.ts';
import { capped } from '../../wording/text.ts';
import type { NameOf } from './rich-text.ts';
import { actions, paragraph, plain, SLACK } from './elements.ts';
import { FIELDS, type FormFields, type FormMemory, memoryText, lengthButtons } from './form-fields.ts';
import { offerBlocks } from './offers.ts';
import { listBlock, nameLine } from './target-lines.ts';

/** The entitlement that is chosen in the form. */
export type FormChoice = Readonly<{
  entitlement: Entitlement;
  /** Who would approve a request for it, or why this person cannot request it. */
  route: Result<readonly Stage[], Phrase>;
  /** The requests for it that this person has open. */
  open: readonly RequestView[];
  /** What its providers may still refuse this person. */
  denied: readonly Elsewhere[];
}>;

/** Everything that the form shows. */
export type RequestForm = Readonly<{
  chosen: FormChoice | undefined;
  fields: Pick<FormFields, 'whatBlock' | 'lengthBlock' | 'length' | 'reason'>;
  memory: FormMemory;
  /** What the person should know first, such as that a name was not found. */
  notice?: Phrase | undefined;
  /** What became of what the person just did. */
  done?: Phrase | undefined;
}>;

/**
 * The form for a request. It is drawn again when the person chooses an entitlement or a length. What they typed stays, because
 * Slack keeps the text of a block whose id stays. A form that somebody opens gets the ids without a number.
 */
export function requestModal(
  { chosen, fields, memory, notice, done }: RequestForm,
  nameOf: NameOf,
): ModalView {
  const open = chosen?.open ?? [];
  return {
    type: 'modal',
    callback_id: 'request',
    private_metadata: memoryText({ ...memory, shown: open.map(({ id }) => id) }),
    title: { type: 'plain_text', text: 'Request access' },
    submit: { type: 'plain_text', text: open.length === 0 ? 'Request' : 'Request another one' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      ...(notice ? [paragraph(notice, nameOf, 'warning')] : []),
      ...(done ? [paragraph(done, nameOf)] : []),
      {
        type: 'input',
        block_id: fields.whatBlock,
        dispatch_action: true,
        label: plain('What do you need?'),
        element: {
          type: 'external_select',
          action_id: 'entitlement',
          min_query_length: 0,
          placeholder: plain('Type a name, database, repository, policy…'),
          ...(chosen ? { initial_option: entitlementOption(chosen.entitlement) } : {}),
        },
      },
      ...offerBlocks(open),
      ...(chosen?.denied ?? []).map((each) => paragraph(elsewherePhrase(each), nameOf, 'warning')),
      ...(chosen ? summaryBlocks(chosen, nameOf) : []),
      lengthInput(chosen, fields),
      ...(chosen ? actions('fill-length', lengthButtons(chosen.entitlement, memory.typed)) : []),
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
          ...initialText(fields.reason, LIMITS.reasonLength),
        },
      },
    ],
  };
}

const MOST_LENGTH_LETTERS = 50;

const lengthInput = (
  chosen: FormChoice | undefined,
  { lengthBlock, length }: RequestForm['fields'],
): KnownBlock => ({
  type: 'input',
  block_id: lengthBlock,
  label: plain('For how long?'),
  hint: plain(
    chosen
      ? `For example 30 min or 2 h 30 min. At most ${formatDuration(chosen.entitlement.longest)}.`
      : 'For example 30 min, 2 h 30 min or 1 day.',
    150,
  ),
  element: {
    type: 'plain_text_input',
    action_id: 'text',
    max_length: MOST_LENGTH_LETTERS,
    ...initialText(length, MOST_LENGTH_LETTERS),
  },
});

/** Slack takes neither an empty text nor one that is longer than the field. */
const initialText = (text: string, most: number): Readonly<{ initial_value?: string }> =>
  text === '' ? {} : { initial_value: capped(text, most) };

const summaryBlocks = ({ entitlement, route }: FormChoice, nameOf: NameOf): readonly KnownBlock[] => [
  ...(entitlement.about ? [paragraph(quoted(entitlement.about))] : []),
  listBlock(entitlement.targets.map(({ described }) => nameLine(described.plain))),
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
    case 'already-open':
    case 'too-many-open':
    case 'quarantine':
    case 'not-allowed':
    case 'no-account':
    case 'not-a-member':
    case 'locked':
      return 'what';
  }
}
