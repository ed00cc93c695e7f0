import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { openMessenger } from '../../bot/courier/messenger.ts';
import { reviews } from '../../bot/courier/reviews.ts';
import { sendDue } from './outbox.fixture.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import type { MinuteOfDay } from '../../core/local-time.ts';
import { reminderReason } from '../../core/reviews/reminders.ts';
import type { ReviewId } from '../../core/reviews/review.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { lineDecided, reviewOpened } from '../requests/reviews.fixture.ts';
import { approvedWithoutWorkflow, granted } from '../requests/steps.fixture.ts';

// Ana requests, Bo and Cy may approve, Dee is an auditor.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Posted = Readonly<{ channel: string; text: string; blocks: unknown }>;

let fixture: RequestsFixture;
let review: ReviewId;
let posted: Posted[] = [];
/** Slack refuses every message to this person. */
let refused: string | undefined;
const client = {
  conversations: {
    open: ({ users }: { users: string }) => Promise.resolve({ channel: { id: users } }),
    history: () => Promise.resolve({ messages: [] }),
  },
  chat: {
    postMessage: (message: Posted) => {
      if (message.channel === refused) return Promise.reject(new Error('some_new_code'));
      posted.push(message);
      return Promise.resolve({ channel: 'D1', ts: String(posted.length) });
    },
  },
} as unknown as WebClient;

/** A bot that was just started, and how often it has read the lines of a review. */
function startedBot() {
  const { ledger, policy } = fixture.deps;
  const seen = { reads: 0 };
  const reviewLines: typeof ledger.reviewLines = (id) => {
    seen.reads += 1;
    return ledger.reviewLines(id);
  };
  const messengerOf = openMessenger(ledger, client, () => undefined);
  const deps = { ledger: { ...ledger, reviewLines }, policy, consoleUrl: 'https://curfew.example.com' };
  const kind = reviews({ deps, messengerOf } as never);
  return { seen, tell: () => sendDue(kind) };
}

/** What a look sends: to whom, and the first words. */
async function look(tell = startedBot().tell): Promise<readonly (readonly [string, string])[]> {
  posted = [];
  await tell();
  return posted
    .map(({ channel, text }) => [channel, text.split('. ')[0] ?? ''] as const)
    .toSorted((one, other) => (one[0] < other[0] ? -1 : 1));
}

beforeAll(async () => {
  fixture = await startRequestsFixture();
  await fixture.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  await granted(fixture, await approvedWithoutWorkflow(fixture));
  review = (
    await reviewOpened(fixture, { title: 'Autumn <!channel> & <@U0EVE> *x* `y` <https://evil|z>\n> forged' })
  ).id;
});
afterAll(() => fixture?.stop());

describe('a reviewer', () => {
  test('is told once that lines wait for them, with a link, and nobody else is', async () => {
    expect(await look()).toEqual([['U0CY', expect.stringMatching(/^<@U0DEE> opened the review of access/)]]);
    expect(JSON.stringify(posted)).toContain(
      `https://curfew.example.com/reviews/${review}|Open it in the console`,
    );
    expect(posted[0]?.text).not.toMatch(/<!channel>|<@U0EVE>|\*x\*|`y`|<https:\/\/evil|\n(?!Certify)/);
    expect(JSON.stringify(posted[0]?.blocks)).not.toMatch(/"type":"link"|"user_id":"U0EVE"|\\n/);
    expect(await look()).toEqual([]);
  });

  test('is reminded once a day before it is due, and once when it is overdue', async () => {
    await fixture.shiftClock(6 * DAY_MS + HOUR_MS);
    expect(await look()).toEqual([['U0CY', expect.stringMatching(/is due soon$/)]]);
    expect(await look()).toEqual([]);
    await fixture.shiftClock(7 * DAY_MS + HOUR_MS);
    const { ledger } = fixture;
    const now = new Date(await ledger.now());
    const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
    const at = (after: number) => ((minute + after + 1440) % 1440) as MinuteOfDay;
    const cy = 'cy' as PersonId;
    const usual = { timeZone: 'UTC', weekly: true };
    await ledger.storeMessagePreference(cy, { ...usual, quiet: { from: at(-60), to: at(60) } });
    const { tell } = startedBot();
    expect(await look(tell)).toEqual([]);
    await ledger.storeMessagePreference(cy, usual);
    expect(await look(tell)).toEqual([['U0CY', expect.stringMatching(/is overdue$/)]]);
    expect(await look(tell)).toEqual([]);
  });

  test('costs no read of the lines while everybody was told, for ten minutes', async () => {
    const { seen, tell } = startedBot();
    for (const after of [0, 0, 9]) {
      await fixture.shiftClock(7 * DAY_MS + HOUR_MS + after * 60_000);
      await look(tell);
    }
    expect(seen.reads).toBe(1);
    await fixture.shiftClock(7 * DAY_MS + HOUR_MS + 11 * 60_000);
    await look(tell);
    expect(seen.reads).toBe(2);
  });
});

test('who opened it is told once when it is finished, and the reviewers nothing more', async () => {
  const { tell } = startedBot();
  expect(await look(tell)).toEqual([]);
  const [line] = await fixture.ledger.reviewLines(review);
  await lineDecided(fixture, review, line?.id ?? '', { by: 'ana' }); // Refused, so it decides nothing.
  expect(await look(tell)).toEqual([]);
  await lineDecided(fixture, review, line?.id ?? '', { by: 'cy' });
  expect(await look(tell)).toEqual([
    ['U0DEE', expect.stringMatching(/is finished: 1 certified, 0 objected to$/)],
  ]);
  expect(await look(tell)).toEqual([]);
  expect(await look()).toEqual([]);
});

test.each(['U0BO', 'U0CY'])(
  'Slack refuses messages to %s, and the other reviewer is told',
  async (person) => {
    const pair = await approvedWithoutWorkflow(fixture, { entitlement: 'pair' }, ['bo', 'cy']);
    await granted(fixture, pair);
    await reviewOpened(fixture, { title: 'Of a pair', scope: { entitlement: ['pair'] } });
    const others = ['U0BO', 'U0CY'].filter((each) => each !== person);
    const { tell } = startedBot();
    refused = person;
    await expect(look(tell)).rejects.toThrow('some_new_code');
    expect(posted.map(({ channel }) => channel)).toEqual(others);
    refused = undefined;
    expect(await look(tell)).toEqual([[person, expect.stringMatching(/opened the review/)]]);
  },
);

describe('the reason of a reminder', () => {
  const [openedAt, due] = [0 as Instant, (10 * DAY_MS) as Instant];
  test.each<[string, number, number, string]>([
    ['after it was opened', due, 1, 'opened'],
    ['more than a day before it is due', due, 9 * DAY_MS - 1, 'opened'],
    ['a day before it is due', due, 9 * DAY_MS, 'soon'],
    ['when it is due', due, 10 * DAY_MS, 'overdue'],
    ['long after that', due, 99 * DAY_MS, 'overdue'],
    ['of a review that is due in a day', DAY_MS, 1, 'opened'],
  ])('%s', (_when, until, now, reason) =>
    expect(reminderReason({ openedAt, due: until as Instant }, now as Instant)).toBe(reason),
  );
});
