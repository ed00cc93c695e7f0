import { expect, test } from '@jest/globals';
import { reviews as reviewMessages } from '../../bot/courier/reviews.ts';
import { sendDue } from './outbox.fixture.ts';
import { NO_PREFERENCE } from '../../core/message-preference.ts';

// Bo, Cy and Dee review each line. Nothing but the ledger, the policy and Slack is replaced, each by what this needs of it.

const PEOPLE = new Map(
  ['bo', 'cy', 'dee'].map((id) => [id, { id, name: id, accounts: { slack: [`U-${id}`] } }]),
);
const QUIET = { timeZone: 'UTC', weekly: true, quiet: { from: 0, to: 1_439 } };

type Given = Readonly<{ asleep?: string; reviews?: readonly string[]; fails?: string }>;

/** What one look posts, and the error with which it ends. */
async function looked({ asleep, reviews = ['review_1'], fails }: Given) {
  const posted: string[] = [];
  const ledger = {
    now: () => Promise.resolve(Date.UTC(2026, 0, 5, 12)),
    reviewsToTell: () =>
      Promise.resolve(reviews.map((id) => ({ id, openedAt: 0, due: 9e15, isFinished: false }))),
    readReview: (id: string) =>
      Promise.resolve({ id, by: 'dee', title: 'Autumn', scope: {}, openedAt: 0, due: 8e12, lines: 1 }),
    reviewLines: (review: string) => Promise.resolve([{ review, kind: 'standing', id: 'find_1' }]),
    readMessagePreference: (person: string) => Promise.resolve(person === asleep ? QUIET : NO_PREFERENCE),
  };
  const policy = {
    lastKnown: () => Promise.resolve({ directory: { people: PEOPLE } }),
    reviewersFor: () => Promise.resolve({ ok: true, value: [{ reviewers: [...PEOPLE.keys()] }] }),
  };
  const postToPerson = ({ request, user }: Readonly<{ request: string; user: string }>) => {
    if (request === fails) return Promise.reject(new Error('Slack is away'));
    posted.push(`${request} ${user}`);
    return Promise.resolve();
  };
  const kind = reviewMessages({ deps: { ledger, policy }, messengerOf: () => ({ postToPerson }) } as never);
  const error = await sendDue(kind).then(
    () => undefined,
    (thrown: unknown) => String(thrown),
  );
  return { posted, error };
}

test('who has quiet hours delays no message to another reviewer', async () =>
  expect(await looked({ asleep: 'bo' })).toEqual({
    ...{ posted: ['review_1 U-cy', 'review_1 U-dee'], error: undefined },
  }));

test('a review whose messages cannot be sent delays no other review, and the operator reads why', async () =>
  expect(await looked({ reviews: ['review_1', 'review_2'], fails: 'review_1' })).toEqual({
    ...{ posted: ['review_2 U-bo', 'review_2 U-cy', 'review_2 U-dee'], error: 'Error: Slack is away' },
  }));
