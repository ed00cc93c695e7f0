import type { Button } from '@slack/types';
import { formatDuration } from '../../core/duration.ts';
import { type LeaseId, parseLeaseId, parseRequestId, type RequestId } from '../../core/ids.ts';
import { offers } from '../../core/request/offers.ts';
import type { PersonId } from '../../core/ids.ts';
import type { RequestView } from '../../requests/view.ts';
import { button } from './elements.ts';

/** What a button carries: which request, and what was on the screen. Never state. */
export type Pressed = Readonly<{ request: RequestId; digest: string }>;

const value = ({ id, state }: RequestView): string => `${id} ${state.details.digest}`;

/** Reads a button's value, which any client could have made up. */
export function parsePressed(text: unknown): Pressed | undefined {
  if (typeof text !== 'string') return undefined;
  const [id = '', digest = ''] = text.split(' ');
  const request = parseRequestId(id);
  return request.ok && /^[0-9a-f]{64}$/.test(digest) ? { request: request.value, digest } : undefined;
}

export function parseLeasePressed(text: unknown): LeaseId | undefined {
  const lease = typeof text === 'string' ? parseLeaseId(text) : undefined;
  return lease?.ok ? lease.value : undefined;
}

/** For the shared card: what the people who decide may do, whoever looks. */
export function deciderButtons(facts: RequestView): readonly Button[] {
  const { state } = facts;
  if (state.kind === 'pending') return [approveButton(facts), denyButton(facts)];
  return state.kind === 'active' ? [endButton(facts, 'End access now')] : [];
}

/** For one person's own screen: what the rule itself lets them do at this moment. */
export function buttonsFor(facts: RequestView, person: PersonId): readonly Button[] {
  const made = {
    approve: approveButton,
    deny: denyButton,
    withdraw: withdrawButton,
    end: (each: RequestView) =>
      endButton(each, each.state.details.requester === person ? "I'm done" : 'End access now'),
  };
  const own =
    facts.state.details.requester === person
      ? facts.secrets.map((lease, index) => passwordButton(facts, lease, index))
      : [];
  return [...own, ...offers(facts.state, person, facts.now).map((choice) => made[choice](facts))];
}

function approveButton(facts: RequestView): Button {
  const length = formatDuration(facts.state.details.minutes);
  const name = facts.nameOf(facts.state.details.requester).name;
  const words = {
    action: 'approve',
    label: `Approve ${length}`,
    value: value(facts),
    reads: `Approve ${facts.title} for ${name}, ${length}`,
  };
  if (facts.class !== 'restricted' && facts.class !== 'confidential')
    return button(words, { style: 'primary' });
  return button(words, {
    style: 'primary',
    confirm: {
      title: { type: 'plain_text', text: `Approve for ${length}?` },
      text: {
        type: 'plain_text',
        text: `${name} gets ${facts.title} at once. It ends by itself ${length} later.`.slice(0, 300),
      },
      confirm: { type: 'plain_text', text: 'Approve' },
      deny: { type: 'plain_text', text: 'Not yet' },
    },
  });
}

const denyButton = (facts: RequestView): Button =>
  button({
    action: 'deny',
    label: 'Deny…',
    value: value(facts),
    reads: `Deny ${facts.title}, with a reason`,
  });

const withdrawButton = (facts: RequestView): Button =>
  button({
    action: 'withdraw',
    label: 'Withdraw',
    value: value(facts),
    reads: `Withdraw the request for ${facts.title}`,
  });

const endButton = (facts: RequestView, label: string): Button =>
  button(
    { action: 'end', label, value: value(facts), reads: `${label}: ${facts.title}` },
    { style: 'danger' },
  );

// Action ids within one block differ.
const passwordButton = ({ title }: RequestView, lease: LeaseId, index: number): Button =>
  button(
    {
      action: index === 0 ? 'deliver' : `deliver-${index}`,
      label: 'Show my password',
      value: lease,
      reads: `Show the password for ${title}, once`,
    },
    { style: 'primary' },
  );
