import type { Button } from '@slack/types';
import type { Refusal, RequestRefusal } from '../../core/request/refusals.ts';
import { refusalPhrase } from '../../wording/refusals.ts';
import { mrkdwnWithIds } from '../mrkdwn.ts';
import { type Draft, draftValue } from './draft.ts';
import { actions, button, context, paragraph, quote } from './elements.ts';
import type { RenderedMessage } from './rendered-message.ts';

/** Bytes of what a person typed that the answer repeats. */
const TYPED_BYTES = 4_000;

/**
 * The answer to a request in one line that is refused: why, what was typed, and a button that opens the form filled in. Slack
 * does not keep a typed command, so the person would have to type it again.
 */
export const refusedLineMessage = (
  refusals: readonly RequestRefusal[],
  typed: string,
  draft: Draft,
): RenderedMessage => {
  const phrases = refusals.map((refusal) => refusalPhrase(refusal, 'request'));
  return {
    text: `${phrases.map(mrkdwnWithIds).join(' ')} Press “Open the form” to correct it.`,
    blocks: [
      ...phrases.map((each) => paragraph(each, undefined, 'warning')),
      context('Nothing was requested. You typed:'),
      quote(typed, TYPED_BYTES),
      ...actions('refused-line', [openForm(draft)]),
    ],
  };
};

/**
 * The answer to a request that the worker refused after the form or the line was accepted, because something changed between.
 * The reason is erased then, so the form opens without it.
 */
export const refusedRequestMessage = (
  refusal: Refusal,
  { entitlement, length }: Required<Pick<Draft, 'entitlement' | 'length'>>,
): RenderedMessage => {
  const why = refusalPhrase(refusal, 'request');
  return {
    text: mrkdwnWithIds(why),
    blocks: [
      paragraph(why, undefined, 'warning'),
      ...actions('refused-line', [openForm({ entitlement, length })]),
    ],
  };
};

/** True for a refusal of what was requested. Another form does not help a person who may request nothing. */
export const isMendable = (refusal: Refusal): boolean =>
  !['unknown-person', 'not-a-member'].includes(refusal.code);

const openForm = (draft: Draft): Button =>
  button(
    {
      action: 'open-draft',
      label: 'Open the form',
      value: draftValue(draft),
      spoken: 'Open the form, filled in with what you typed',
    },
    { style: 'primary' },
  );
