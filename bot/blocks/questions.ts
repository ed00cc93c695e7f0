import type { KnownBlock, ModalView } from '@slack/types';
import { LIMITS } from '../../core/limits.ts';
import type { RequestView } from '../../requests/view.ts';
import { emphasis, person, phrase, quoted } from '../../wording/phrase.ts';
import { context, paragraph, plain, quote } from './elements.ts';

/** Bytes of one text, so that what is granted still fits on the card. */
const TEXT_BYTES = 1_000;
/** A card shows the last questions. `curfew audit story` and `/access story` have every question. */
const MOST_SHOWN = 2;

/** What approvers asked the requester and what the requester answered, for a card. */
export function questionBlocks({ questions, nameOf, state }: RequestView): readonly KnownBlock[] {
  const { requester } = state.details;
  const hidden = Math.max(questions.length - MOST_SHOWN, 0);
  return [
    ...(hidden > 0 ? [context(`and ${hidden} earlier ${hidden === 1 ? 'question' : 'questions'}`)] : []),
    ...questions
      .slice(-MOST_SHOWN)
      .flatMap(({ by, question, answer }) => [
        paragraph(phrase`${person(by)} asks:`, nameOf),
        quote(question, TEXT_BYTES),
        ...(answer === undefined
          ? []
          : [paragraph(phrase`${person(requester)} answers:`, nameOf), quote(answer, TEXT_BYTES)]),
      ]),
  ];
}

type Form = Readonly<{ kind: 'ask' | 'answer'; title: string; submit: string; label: string; hint: string }>;

const ASK: Form = {
  kind: 'ask',
  title: 'Ask the requester',
  submit: 'Ask',
  label: 'What do you want to know?',
  hint: 'The requester, the approvers and the auditors read this. Until it is answered, the time to lapse does not run.',
};
const ANSWER: Form = {
  kind: 'answer',
  title: 'Answer the question',
  submit: 'Answer',
  label: 'Your answer',
  hint: 'The approvers and the auditors read this.',
};

/** The form in which an approver asks the requester, or in which the requester answers. */
export function questionModal(kind: 'ask' | 'answer', view: RequestView, metadata: string): ModalView {
  const form = kind === 'ask' ? ASK : ANSWER;
  return {
    type: 'modal',
    callback_id: form.kind,
    private_metadata: metadata,
    title: { type: 'plain_text', text: form.title },
    submit: { type: 'plain_text', text: form.submit },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      paragraph(
        phrase`${emphasis(quoted(view.nameOf(view.state.details.requester).name))} requests ${emphasis(quoted(view.title))}`,
      ),
      quote(view.reason),
      ...questionBlocks(view),
      {
        type: 'input',
        block_id: 'note',
        label: plain(form.label),
        hint: plain(form.hint, 150),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: LIMITS.denialReasonLength,
        },
      },
    ],
  };
}
