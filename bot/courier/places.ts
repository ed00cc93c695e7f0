import type { FindingId } from '../../core/findings/finding.ts';
import type { MassEndingId, PersonId, RequestId } from '../../core/ids.ts';
import type { ReminderReason } from '../../core/reviews/reminders.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import type { PostedMessage } from '../../ledger/index.ts';

// The ledger remembers each message of a request by its place. One message is posted for each place.

/** Messages that are not about one request are remembered like those of a request, under the id of what they are about. */
export const ownerOf = (id: FindingId | MassEndingId | ReviewId | `leavers_${string}`): RequestId =>
  id as string as RequestId;

/** The card in the channel. */
export const CHANNEL = 'channel';

/** The first message of a request to a person. */
export const firstPlace = (person: PersonId): string => `dm:${person}`;

/** What a new message is posted for: a notification of the outbox, or a deferred message. `id` is the id of that row. */
export type Cause = Readonly<{ kind: 'note' | 'deferred'; id: number }>;

/** A later message of a request to a person. One cause posts one message. */
export const laterPlace = ({ kind, id }: Cause, person: PersonId): string => `${kind}:${id}:dm:${person}`;

/** A message that has news of several requests. `first` is the id of the first deferred message in it. */
export const digestPlace = (first: number): string => `digest:${first}`;

/** The message that a review is finished. */
export const FINISHED = 'finished';

/** A reminder of a review to a person. One reason posts one message. */
export const reminderPlace = (reason: ReminderReason, person: PersonId): string => `${reason}:${person}`;

/** A card that nobody recorded when it was posted. */
export const foundPlace = (channel: string, ts: string): string => `found:${channel}:${ts}`;

export const isFound = ({ place }: Pick<PostedMessage, 'place'>): boolean => place.startsWith('found:');

const IN_DMS = /^(?:(?:note|deferred):\d+:)?dm:(.+)$/;

/** The person to whom a message in this place was sent directly. */
export const personOfPlace = (place: string): PersonId | undefined => IN_DMS.exec(place)?.[1] as PersonId;

/** The messages of a request to this person, newest first. Slack's timestamps have one length, so their order is that of the text. */
export const messagesTo = (posted: readonly PostedMessage[], person: PersonId): readonly PostedMessage[] =>
  posted.filter(({ place }) => personOfPlace(place) === person).sort((a, b) => (a.ts < b.ts ? 1 : -1));
