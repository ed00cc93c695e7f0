import type { ModalView } from '@slack/types';
import { LIMITS } from '../../core/limits.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { ScopeContent, ScopedRequest } from '../../ledger/index.ts';
import { contentPhrase, lockPhrase } from '../../wording/mass-endings.ts';
import { code, instant, list, person, type Phrase, phrase } from '../../wording/phrase.ts';
import { scopePhrase } from '../../wording/scopes.ts';
import type { NameOf } from './rich-text.ts';
import { bulletList, context, paragraph, plain } from './elements.ts';

export const END_ALL_TITLE = 'End everything';
/** The block ids of the fields. */
export const END_ALL_FIELDS = { what: 'what', reason: 'reason', count: 'count' } as const;
/** The action id of each field: a block has one. */
export const END_ALL_VALUE = 'text';

/** How many requests the form names. The others are counted. */
export const END_ALL_ENTRIES = 10;

/** Asks whose or which access is to end. */
export const chooseScopeModal = (): ModalView => ({
  type: 'modal',
  callback_id: 'end-all-choose',
  title: { type: 'plain_text', text: END_ALL_TITLE },
  submit: { type: 'plain_text', text: 'Show what would end' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    {
      type: 'input',
      block_id: END_ALL_FIELDS.what,
      label: plain('What should end?'),
      hint: plain(
        'Everything of a person (ana), of an entitlement (orders-db), at a provider (github), or: everything',
        150,
      ),
      element: { type: 'plain_text_input', action_id: END_ALL_VALUE, max_length: 80 },
    },
    context('Nothing ends yet. You see first what would end.'),
  ],
});

/** What the form shows, and what it carries until it is sent. */
export type EndAllView = Readonly<{
  scope: EndScope;
  content: ScopeContent;
  /** How many people must lift the lock. Left out when there is none. */
  needs?: number;
  nameOf: NameOf;
  metadata: string;
}>;

/** Shows exactly what would end, with a field for the reason and one for the number of requests. */
export const endAllModal = ({ scope, content, needs, nameOf, metadata }: EndAllView): ModalView => ({
  type: 'modal',
  callback_id: 'end-all',
  private_metadata: metadata,
  title: { type: 'plain_text', text: END_ALL_TITLE },
  submit: { type: 'plain_text', text: 'End them' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    paragraph(contentPhrase(scope, content), nameOf, 'warning'),
    ...(content.first.length === 0 ? [] : [bulletList(content.first.map(entry), nameOf)]),
    ...(content.total > content.first.length
      ? [context(`and ${content.total - content.first.length} more`)]
      : []),
    paragraph(lockPhrase(needs), nameOf),
    {
      type: 'input',
      block_id: END_ALL_FIELDS.reason,
      label: plain('Why?'),
      hint: plain('The people whose access ends read it.', 150),
      element: {
        type: 'plain_text_input',
        action_id: END_ALL_VALUE,
        multiline: true,
        max_length: LIMITS.reasonLength,
      },
    },
    {
      type: 'input',
      block_id: END_ALL_FIELDS.count,
      label: plain(`To end them, type how many there are (${content.total})`),
      element: { type: 'plain_text_input', action_id: END_ALL_VALUE, max_length: 9 },
    },
  ],
});

const entry = ({ requester, entitlement, providers, state, endsAt }: ScopedRequest): Phrase =>
  phrase`${person(requester)}: ${code(entitlement)} at ${list(providers.map((each) => [each]))}, ${[state]}${endsAt === null ? [] : instant(endsAt, ' until ')}`;

/** After the form was sent. */
export const endingPhraseOf = (scope: EndScope): Phrase =>
  phrase`Curfew ends ${scopePhrase(scope)} now. A message to you shows how far it is.`;
