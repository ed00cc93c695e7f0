import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { formatDuration, spellDuration } from '../../core/duration.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RequestRefusal } from '../../core/request/refusals.ts';
import type { Stage } from '../../core/request/state.ts';
import type { Entitlement } from '../../policy/index.ts';
import type { TargetView } from '../../requests/view.ts';
import { escaped, list, sentence } from '../../wording/text.ts';
import { type NameOf } from '../../wording/phrases.ts';
import { context, plain, section, SLACK } from './elements.ts';

/** Where each field stands, for errors and for reading the answer. */
export const FIELDS = { what: 'what', length: 'length', reason: 'reason' } as const;

export type Chosen = Readonly<{
  entitlement: Entitlement;
  targets: readonly TargetView[];
  /** Who would be asked, or why it cannot be asked for. */
  route: readonly Stage[] | string;
}>;

/** The form in which access is asked for. Redrawn when something is chosen; what was typed stays. */
export function requestModal(chosen: Chosen | undefined, spell: NameOf, place: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'request',
    private_metadata: place,
    title: { type: 'plain_text', text: 'Ask for access' },
    submit: { type: 'plain_text', text: 'Ask' },
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
          ...(chosen ? { initial_option: option(chosen.entitlement) } : {}),
        },
      },
      ...(chosen ? summary(chosen, spell) : []),
      lengthInput(chosen),
      {
        type: 'input',
        block_id: FIELDS.reason,
        label: plain('Why?'),
        hint: plain('A ticket or one sentence. The people who decide read it, and so does an auditor.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: LIMITS.reasonLength,
        },
      },
    ],
  };
}

/** Each entitlement has a length field of its own, so that choosing another brings its own usual length. */
const lengthInput = (chosen: Chosen | undefined): KnownBlock => ({
  type: 'input',
  block_id: chosen ? `${FIELDS.length}-${chosen.entitlement.id}` : FIELDS.length,
  label: plain('For how long?'),
  hint: plain(
    chosen
      ? `Like 30m or 2h30m. At most ${formatDuration(chosen.entitlement.longest)}.`
      : 'Like 30m, 2h30m or 1d.',
    150,
  ),
  element: {
    type: 'plain_text_input',
    action_id: 'text',
    max_length: 20,
    ...(chosen ? { initial_value: spellDuration(chosen.entitlement.usual) } : {}),
  },
});

function summary({ entitlement, targets, route }: Chosen, spell: NameOf): readonly KnownBlock[] {
  const does = targets.map(({ plain: words }) => `• ${sentence(escaped(words))}`).join('\n');
  return [
    section(
      [entitlement.about ? escaped(entitlement.about) : '', does].filter(Boolean).join('\n'),
      `about-${entitlement.id}`,
    ),
    context(typeof route === 'string' ? `:warning: ${route}` : asked(route, spell)),
  ];
}

function asked(route: readonly Stage[], spell: NameOf): string {
  const stages = route.map(({ approvers, needs }) => {
    const people = list(
      approvers.map(({ person }) => spell(person)),
      'or',
    );
    return needs > 1 ? `${needs} of ${people}` : people;
  });
  return `Asked: ${stages.join(', then ')}.`;
}

export const option = ({ id, title, about }: Entitlement): PlainTextOption => ({
  text: plain(title, SLACK.option),
  value: id,
  ...(about ? { description: plain(about, SLACK.option) } : {}),
});

/** Under which field a refusal belongs; nothing when it belongs to none, and is told elsewhere. */
export function fieldOf(refusal: RequestRefusal): keyof typeof FIELDS {
  switch (refusal.code) {
    case 'length-unreadable':
    case 'too-long':
      return 'length';
    case 'reason-missing':
    case 'reason-too-long':
      return 'reason';
    default:
      return 'what';
  }
}
