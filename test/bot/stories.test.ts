import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startCourier } from '../../bot/courier.ts';
import { openInbox } from '../../bot/slack-inbox.ts';
import { leaseIdOf, type RequestId } from '../../core/ids.ts';
import { type Command, ELIGIBLE } from '../../core/request/commands.ts';
import { mentions } from '../../sandbox/slack/mentions.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { TEAM_ID } from '../../sandbox/world/company.ts';
import { formatted } from '../../scripts/format.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { REQUESTS, slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';

const PAGE = join(import.meta.dirname, '../../docs/slack.md');
const MARKS = ['<!-- counted messages: begin -->', '<!-- counted messages: end -->'] as const;
const PEOPLE = ['ana', 'bo', 'cy'] as const;

let place: Workplace;
let courier: ReturnType<typeof startCourier>;
beforeAll(async () => {
  place = await startWorkplace();
  const deps = { ledger: place.ledger, policy: place.policy };
  courier = startCourier(
    {
      ...deps,
      describers: new Map(),
      inbox: openInbox({ ...deps, team: TEAM_ID }),
      readAccount: () => Promise.reject(new Error('the courier asks about no account')),
      openSecret: String,
      warn: (message) => {
        throw new Error(message);
      },
      channel: REQUESTS,
    },
    place.client,
  );
}, 60_000);
afterAll(async () => {
  await courier?.stop();
  await place?.stop();
}, 60_000);

type Step = readonly [name: string, command: (request: RequestId) => object];

const approved = (by = bo): Step => [
  'approve',
  () => ({ kind: 'approve', by, digest: DIGEST, eligibility: ELIGIBLE }),
];
const granted: Step = [
  'granted',
  (id) => ({ kind: 'confirm-granted', lease: leaseIdOf(id, 0), seen: 'present' }),
];
const ended = (by = ana): Step => ['end', () => ({ kind: 'end', by, eligibility: ELIGIBLE })];
const revoked: Step = [
  'revoked',
  (id) => ({ kind: 'confirm-revoked', lease: leaseIdOf(id, 0), seen: 'none' }),
];
const active = [approved(), granted];

/** What people do in each story, and what Curfew records, after Ana requested access that Bo or Cy may approve. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  'approved, and ended by Ana': [...active, ended(), revoked],
  'approved, and ended by Bo': [...active, ended(bo), revoked],
  'approved, and the access expires': [
    ...active,
    ['expire', () => ({ kind: 'void', why: 'the clock of this test cannot be moved' })],
    revoked,
  ],
  denied: [
    ['deny', () => ({ kind: 'deny', by: bo, digest: DIGEST, eligibility: ELIGIBLE, hasReason: true })],
  ],
  withdrawn: [['withdraw', () => ({ kind: 'withdraw', by: ana })]],
  'nobody decides': [['void', () => ({ kind: 'void', why: 'nobody can approve it any more' })]],
  'approved, and the grant fails': [
    approved(),
    ['failed', () => ({ kind: 'fail-grant', fault: 'provider-refused', why: 'no' })],
    revoked,
  ],
  'approved, and somebody lowers the access by hand': [
    ...active,
    [
      'drift',
      (id) => ({
        kind: 'record-drift',
        lease: leaseIdOf(id, 0),
        drift: { change: 'lowered', expected: 'present', found: 'none' },
      }),
    ],
  ],
  'two clicks are refused': [
    ['own', () => ({ kind: 'approve', by: ana, digest: DIGEST, eligibility: ELIGIBLE })],
    ['late', () => ({ kind: 'end', by: cy, eligibility: ELIGIBLE })],
  ],
};

type Count = Readonly<{ messages: number; mentions: number }>;
type Counts = Readonly<Record<'channel' | (typeof PEOPLE)[number], Count>>;

/** Lets a story happen, and counts its messages and whom they mention. Each step is sent before the next one. */
async function countStory(name: string, steps: readonly Step[]): Promise<Counts> {
  const before = new Map(
    [REQUESTS, ...PEOPLE.map(dmWith)].map((channel) => [channel, place.messagesIn(channel).length]),
  );
  const request = await place.pending(name);
  await place.sent(request);
  for (const [step, command] of steps) {
    await place.ledger.record({
      request,
      name: step,
      via: 'workflow',
      command: (_state, at) => ({ ...command(request), at }) as Command,
    });
    await place.sent(request);
  }
  const added = (channel: string): readonly Message[] =>
    place.messagesIn(channel).slice(before.get(channel) ?? 0);
  const everywhere = [REQUESTS, ...PEOPLE.map(dmWith)].flatMap(added);
  const count = (person: (typeof PEOPLE)[number]): Count => ({
    messages: added(dmWith(person)).length,
    mentions: everywhere.reduce((sum, each) => sum + (mentions(each).get(slackIdOf(person)) ?? 0), 0),
  });
  const toAll = ['here', 'channel', 'everyone'];
  return {
    channel: {
      messages: added(REQUESTS).length,
      mentions: everywhere.reduce(
        (sum, each) => sum + toAll.reduce((some, all) => some + (mentions(each).get(all) ?? 0), 0),
        0,
      ),
    },
    ana: count('ana'),
    bo: count('bo'),
    cy: count('cy'),
  };
}
const dmWith = (name: string) => dmOf(place.slack.workspace.state, slackIdOf(name))?.id ?? `none of ${name}`;

const row = (name: string, { channel, ana: requester, bo: one, cy: other }: Counts): string =>
  `| ${name} | ${[channel, requester, one, other].map(({ messages, mentions: some }) => `${messages} / ${some}`).join(' | ')} |`;

describe('how many messages a story posts, and whom they mention', () => {
  const counted = new Map<string, Counts>();

  test.each(Object.entries(STORIES))('%s', async (name, steps) => {
    const counts = await countStory(name, steps);
    counted.set(name, counts);
    expect(counts.channel.messages).toBeLessThanOrEqual(2);
    expect(counts.channel.mentions).toBe(0);
    for (const person of PEOPLE) expect(counts[person].mentions).toBeLessThanOrEqual(1);
  });

  test('docs/slack.md has the numbers', async () => {
    expect([...counted.keys()]).toEqual(Object.keys(STORIES));
    const page = readFileSync(PAGE, 'utf8');
    const [before = '', rest = ''] = page.split(MARKS[0]);
    const after = rest.split(MARKS[1])[1] ?? '';
    const table = [
      '| story | channel | Ana, who requests | Bo, an approver | Cy, an approver |',
      '| --- | --- | --- | --- | --- |',
      ...[...counted].map(([name, counts]) => row(name, counts)),
    ].join('\n');
    const written = await formatted(PAGE, `${before}${MARKS[0]}\n\n${table}\n\n${MARKS[1]}${after}`);
    if (process.env['UPDATE_TABLES'] === '1') writeFileSync(PAGE, written);
    expect(readFileSync(PAGE, 'utf8')).toBe(written);
  });
});
