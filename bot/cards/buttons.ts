import type { Button } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import { type LeaseId, parseLeaseId, parseRequestId, type RequestId, type PersonId } from '../../core/ids.ts';
import { asksOnceMore } from '../../core/request/asks-once-more.ts';
import { digestToAnswer, pendingExtension } from '../../core/request/extension.ts';
import { offers } from '../../core/request/offers.ts';
import type { RequestView } from '../../requests/view.ts';
import { onceMoreReasons } from '../../wording/once-more.ts';
import { button, plain, SLACK } from './elements.ts';

/** The value of a button: the request and the digest that was on the screen, of the request or of its extension. It never holds state. */
export type ButtonValue = Readonly<{ request: RequestId; digest: string }>;

export const buttonValue = ({ id, state }: Pick<RequestView, 'id' | 'state'>): string =>
  `${id} ${digestToAnswer(state)}`;

/** Parses the value of a button. Any client can send any value. */
export function parseButtonValue(text: unknown): ButtonValue | undefined {
  if (typeof text !== 'string') return undefined;
  const [id = '', digest = ''] = text.split(' ');
  const request = parseRequestId(id);
  return request.ok && /^[0-9a-f]{64}$/.test(digest) ? { request: request.value, digest } : undefined;
}

/** Parses the value of a password button. */
export function parsePasswordButtonValue(text: unknown): LeaseId | undefined {
  const lease = typeof text === 'string' ? parseLeaseId(text) : undefined;
  return lease?.ok ? lease.value : undefined;
}

/** The buttons on the card in the channel. They are for the approvers, but everybody in the channel sees them. */
export function channelButtons(view: RequestView): readonly Button[] {
  const { state } = view;
  if (state.kind === 'pending') return [approveButton(view), denyButton(view)];
  if (state.kind !== 'active') return [];
  const answers = pendingExtension(state) ? [approveButton(view), denyButton(view)] : [];
  return [...answers, endButton(view, 'End access now')];
}

/** The buttons that only this person sees: what `decide` accepts from them now. */
export function buttonsFor(view: RequestView, person: PersonId): readonly Button[] {
  const isRequester = view.state.details.requester === person;
  const drawButton = {
    approve: approveButton,
    deny: denyButton,
    withdraw: withdrawButton,
    extend: extendButton,
    ask: askButton,
    answer: answerButton,
    end: (each: RequestView) => endButton(each, isRequester ? "I'm done" : 'End access now'),
  };
  const passwordButtons = isRequester
    ? view.secrets.map((lease, index) => passwordButton(view, lease, index))
    : [];
  return [
    ...passwordButtons,
    ...offers(view.state, person, view.now).map((answer) => drawButton[answer](view)),
  ];
}

function approveButton(view: RequestView): Button {
  const extension = pendingExtension(view.state);
  const length = extension
    ? `${formatDuration(extension.details.minutes)} more`
    : formatDuration(view.state.details.minutes);
  const name = view.nameOf(view.state.details.requester).name;
  const text = {
    action: 'approve',
    label: `Approve ${length}`,
    value: buttonValue(view),
    spoken: `Approve ${length}: ${view.title}, for ${name}`,
  };
  if (!asksOnceMore(view) && view.class !== 'confidential') return button(text, { style: 'primary' });
  return button(text, {
    style: 'primary',
    confirm: {
      title: plain(`Approve for ${length}?`),
      // The reasons come first, because a long text is cut at its end. The title repeats the length.
      text: plain(
        [
          ...onceMoreReasons(view),
          extension
            ? `With the last approval, ${name} keeps access to ${view.title} for ${length}.`
            : `With the last approval, ${name} gets access to ${view.title}. The access expires ${length} later.`,
        ].join(' '),
        SLACK.confirm,
      ),
      confirm: plain('Approve'),
      deny: plain('Cancel'),
    },
  });
}

/** What an answer is about, in words that are read out. */
const subjectOf = ({ state, title }: RequestView): string =>
  pendingExtension(state) ? `the extension of ${title}` : title;

const denyButton = (view: RequestView): Button =>
  button({
    action: 'deny',
    label: 'Deny…',
    value: buttonValue(view),
    spoken: `Deny ${subjectOf(view)}, with a reason`,
  });

const withdrawButton = (view: RequestView): Button =>
  button({
    action: 'withdraw',
    label: 'Withdraw',
    value: buttonValue(view),
    spoken: pendingExtension(view.state)
      ? `Withdraw ${subjectOf(view)}`
      : `Withdraw the request for ${view.title}`,
  });

const askButton = (view: RequestView): Button =>
  button({
    action: 'ask',
    label: 'Ask…',
    value: buttonValue(view),
    spoken: `Ask… about ${view.title}`,
  });

const answerButton = (view: RequestView): Button =>
  button(
    {
      action: 'answer',
      label: 'Answer…',
      value: buttonValue(view),
      spoken: `Answer… the question about ${view.title}`,
    },
    { style: 'primary' },
  );

const extendButton = (view: RequestView): Button =>
  button({
    action: 'extend',
    label: 'Extend…',
    value: buttonValue(view),
    spoken: `Extend… ${view.title}`,
  });

const endButton = (view: RequestView, label: string): Button =>
  button(
    { action: 'end', label, value: buttonValue(view), spoken: `${label}: ${view.title}` },
    { style: 'danger' },
  );

// Slack wants different action ids within one block.
const passwordButton = ({ title }: RequestView, lease: LeaseId, index: number): Button =>
  button(
    {
      action: index === 0 ? 'deliver' : `deliver-${index}`,
      label: 'Show my password',
      value: lease,
      spoken: `Show my password: ${title}, once`,
    },
    { style: 'primary' },
  );
