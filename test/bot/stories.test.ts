import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { courierOf } from './outbox.fixture.ts';
import { leaseIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { type Command, ELIGIBLE } from '../../core/request/commands.ts';
import type { RequestState } from '../../core/request/state.ts';
import { mentions } from '../../sandbox/slack/mentions.ts';
import type { Message } from '../../sandbox/slack/model.ts';
import { dmOf } from '../../sandbox/slack/read.ts';
import { formatted } from '../../scripts/format.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { REQUESTS, slackIdOf, startWorkplace, type Workplace } from './workplace.fixture.ts';
import { DIGEST } from './request-view.fixture.ts';

const PAGE = join(import.meta.dirname, '../../docs/slack.md');
const MARKS = ['<!-- counted messages: begin -->', '<!-- counted messages: end -->'] as const;
const PEOPLE = ['ana', 'bo', 'cy'] as const;

let place: Workplace;
let courier: ReturnType<typeof courierOf>;
beforeAll(async () => {
  place = await startWorkplace();
  courier = courierOf(place, (message) => {
    throw new Error(message);
  });
}, 60_000);
afterAll(async () => {
  await courier?.stop();
  await place?.stop();
}, 60_000);

/** What somebody does to a request, or what Curfew does about it. */
type Step = (request: RequestId) => Promise<unknown>;
type Recording = (state: RequestState, request: RequestId) => object;

/** Records a command, with the ledger's time. */
const record =
  (name: string, command: Recording): Step =>
  (request) =>
    place.ledger.record({
      request,
      name,
      via: 'workflow',
      command: (state, at) => ({ ...command(state, request), at }) as Command,
    });

const answered = (kind: string, by: PersonId, digest = DIGEST): Step =>
  record(`${kind} ${digest}`, () => ({ kind, by, digest, eligibility: ELIGIBLE, hasReason: true }));
const granted = record('granted', (_state, id) => ({
  kind: 'confirm-granted',
  lease: leaseIdOf(id, 0),
  seen: 'present',
}));
const revoked = record('revoked', (_state, id) => ({
  kind: 'confirm-revoked',
  lease: leaseIdOf(id, 0),
  seen: 'none',
}));
const active = [answered('approve', bo), granted];
const LATER = 'e'.repeat(64);
/** Ana requests half an hour more. Bo and Cy may approve it. */
const laterEnd = record('extend', (state) => {
  const from = state.kind === 'active' ? state.endsAt : 0;
  const endsAt = from + 30 * 60_000;
  const approvers = [bo, cy].map((person) => ({ person, because: 'owns it' }));
  return {
    kind: 'extend',
    by: ana,
    from,
    extension: { minutes: 30, endsAt, reasonHash: 'bb', digest: LATER },
    requirements: { stages: [{ needs: 1, approvers }], policy: 'p1', lapsesAt: from },
  };
});
const moved = [
  record('moved', (_state, id) => ({
    kind: 'confirm-lease-extended',
    lease: leaseIdOf(id, 0),
    generation: 2,
    seen: 'present until later',
  })),
  record('extended', () => ({ kind: 'confirm-extended' })),
];
/** Makes the reminder due, and waits until it is sent. */
const endsSoon: Step = async (request) => {
  const reminder = `from outbox where request_id = '${request}' and body ? 'reminder'`;
  await place.rows(
    `update outbox set next_try_at = ledger_now() where id in (select id ${reminder}) returning pg_notify('curfew_outbox', '')`,
  );
  await until('the reminder is sent', async () =>
    (await place.rows<{ sent: boolean }>(`select sent_at is not null as sent ${reminder}`)).every(
      ({ sent }) => sent,
    ),
  );
};

/** What people do in each story, and what Curfew records, after Ana requested access that Bo or Cy may approve. */
const STORIES: Readonly<Record<string, readonly Step[]>> = {
  'approved, and ended by Ana': [...active, answered('end', ana), revoked],
  'approved, and ended by Bo': [...active, answered('end', bo), revoked],
  'approved, and it ends soon': [...active, endsSoon],
  denied: [answered('deny', bo)],
  withdrawn: [answered('withdraw', ana)],
  'nobody can decide it any more': [record('void', () => ({ kind: 'void', why: 'the policy changed' }))],
  'approved, and the grant fails': [
    answered('approve', bo),
    record('failed', () => ({ kind: 'fail-grant', fault: 'provider-refused', why: 'no' })),
    revoked,
  ],
  'approved, and somebody lowers the access by hand': [
    ...active,
    record('drift', (_state, id) => ({
      kind: 'record-drift',
      lease: leaseIdOf(id, 0),
      drift: { change: 'lowered', expected: 'present', found: 'none' },
    })),
  ],
  'Cy asks, Ana answers, and Bo approves': [
    record('ask', () => ({ kind: 'ask', by: cy, digest: DIGEST, eligibility: ELIGIBLE, hasText: true })),
    record('answer', () => ({ kind: 'answer', by: ana, hasText: true })),
    ...active,
  ],
  'approved, and extended': [...active, laterEnd, answered('approve', bo, LATER), ...moved],
  'approved, and the extension is denied': [...active, laterEnd, answered('deny', bo, LATER)],
  'two clicks are refused': [answered('approve', ana), answered('end', cy)],
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
  for (const step of steps) {
    await step(request);
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
