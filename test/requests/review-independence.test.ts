import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { record } from '../../ledger/request/record.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { lineDecided, reviewOpened } from './reviews.fixture.ts';
import { answered, approvedWithoutWorkflow, asked, extended, granted, revoked } from './steps.fixture.ts';

// Ana requests. Bo, Cy and Fay may approve, one for `thing` and two for `top`. Dee, who is an auditor, and Eli are the security people.

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
  await fixture.edit('catalogue.yaml', 'security:', 'auditors: [person:dee]\nsecurity:');
  await fixture.edit('people.yaml', 'owners: [bo, cy]', 'owners: [bo, cy, fay]');
  await fixture.edit('people.yaml', 'slack: U0BO', 'fake: bo, slack: U0BO');
  await fixture.edit('people.yaml', 'slack: [U0CY', 'fake: cy, slack: [U0CY');
  for (const account of ['bo', 'cy']) fixture.vendor.makeAccount(account);
  await fixture.edit('people.yaml', '  - { id: eli,', '  - { id: fay, name: Fay }\n  - { id: eli,');
  await fixture.edit(
    'catalogue.yaml',
    'level: admin }]\n    route: { approvers: [group:owners], waits',
    'level: admin }]\n    route: { approvers: [group:owners], needs: 2, waits',
  );
});
afterAll(() => fixture?.stop());

/** `approve`: who approves the request, or the extension that is open. `fail`: an approved extension that cannot be carried out. */
type Step = Readonly<
  { approve: readonly string[] } | 'extend' | 'carry out' | 'fail' | 'deny' | 'freeze' | 'purge'
>;
const by = (...approve: readonly string[]): Step => ({ approve });
const extendedBy = (...people: readonly string[]): readonly Step[] => ['extend', by(...people), 'carry out'];

/** Takes access through these steps. Returns its line in the review that was opened on the way, or now. */
async function lineAfter(entitlement: string, [first, ...later]: readonly Step[]) {
  const approvers = typeof first === 'object' ? first.approve : [];
  const request = await approvedWithoutWorkflow(fixture, { entitlement, length: '1h' }, approvers);
  await granted(fixture, request);
  let frozen: Awaited<ReturnType<typeof reviewOpened>> | undefined;
  for (const step of later) {
    if (step === 'freeze') frozen = await reviewOpened(fixture, { scope: { entitlement: [entitlement] } });
    else await taken(request, step);
  }
  frozen ??= await reviewOpened(fixture, { scope: { entitlement: [entitlement] } });
  expect(frozen.outcome).toEqual({ ok: true, value: [] });
  return { request, review: frozen.id, line: firstLease(request) as string };
}

async function taken(request: RequestId, step: Exclude<Step, 'freeze'>): Promise<void> {
  if (step === 'extend') expect((await asked(fixture, request, { length: '5m' })).outcome.ok).toBe(true);
  else if (step === 'deny')
    expect((await answered(fixture, request, { kind: 'deny', by: 'bo' })).outcome.ok).toBe(true);
  else if (step === 'carry out') await extended(fixture, request);
  else if (step === 'purge') await purged(request);
  else if (step === 'fail')
    await fixture.ledger.record({
      ...{ request, name: 'fail', via: 'workflow' },
      command: (_state, at) => ({ kind: 'fail-extension', fault: 'provider-refused', at }),
    });
  else
    for (const approver of step.approve)
      expect((await answered(fixture, request, { kind: 'approve', by: approver })).outcome.ok).toBe(true);
}

/** Ends a request, and removes what a purge removes of it. */
async function purged(request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
  const removals = ['event', 'access_period', 'lease']
    .map((table) => `delete from ${table} where request_id = '${request}';`)
    .join('');
  await rowsOf(
    fixture.url,
    `begin; set local session_replication_role = replica; ${removals} delete from request where id = '${request}'; commit`,
  );
}

const codeOf = async (decided: ReturnType<typeof lineDecided>): Promise<string> => {
  const { outcome } = await decided;
  return outcome.ok ? 'ok' : outcome.error.code;
};

type Row = readonly [
  sentence: string,
  entitlement: 'thing' | 'top',
  steps: readonly Step[],
  people: Readonly<{ refused: readonly string[]; certifies: string }>,
];
test.each<Row>([
  ['who approved the request alone', 'thing', [by('bo')], { refused: ['bo'], certifies: 'cy' }],
  [
    'who approved the request alone, after somebody else approved an extension',
    'thing',
    [by('bo'), ...extendedBy('cy')],
    { refused: ['bo', 'cy'], certifies: 'fay' },
  ],
  [
    'who approved an extension alone, after the line was frozen',
    'thing',
    [by('bo'), 'freeze', ...extendedBy('cy')],
    { refused: ['cy', 'bo'], certifies: 'fay' },
  ],
  [
    'who approved an extension alone that is not carried out yet',
    'thing',
    [by('bo'), 'extend', by('cy')],
    { refused: ['cy', 'bo'], certifies: 'fay' },
  ],
  [
    'who approved an extension alone that failed, because a provider may have carried it out',
    'thing',
    [by('bo'), 'extend', by('cy'), 'fail'],
    { refused: ['cy', 'bo'], certifies: 'fay' },
  ],
  [
    'who approved the request and its extension alone, and no other approver',
    'thing',
    [by('bo'), ...extendedBy('bo')],
    { refused: ['bo'], certifies: 'cy' },
  ],
  [
    'any approver, when each approved something alone. The security people do',
    'thing',
    [by('bo'), ...extendedBy('cy'), ...extendedBy('fay')],
    { refused: ['bo', 'cy', 'fay'], certifies: 'eli' },
  ],
  [
    'only who approved the request alone, while nobody approved the extension',
    'thing',
    [by('bo'), 'extend'],
    { refused: ['bo'], certifies: 'cy' },
  ],
  [
    'only who approved the request alone, after the extension was denied',
    'thing',
    [by('fay'), 'extend', 'deny'],
    { refused: ['fay'], certifies: 'bo' },
  ],
  ['nobody of the two who approved the request', 'top', [by('bo', 'cy')], { refused: [], certifies: 'bo' }],
  [
    'nobody who approved the request or its extension with somebody else',
    'top',
    [by('bo', 'cy'), ...extendedBy('fay', 'bo')],
    { refused: [], certifies: 'bo' },
  ],
  [
    'nobody who gave the first of two approvals of an extension',
    'top',
    [by('bo', 'cy'), 'extend', by('fay')],
    { refused: [], certifies: 'fay' },
  ],
  [
    'any of the two who approved a request that was purged, because nobody knows any more who approved together',
    'top',
    [by('bo', 'cy'), 'freeze', 'purge'],
    { refused: ['bo', 'cy'], certifies: 'fay' },
  ],
  [
    'any of the three who approved a purged request and its extension. The security people do',
    'top',
    [by('bo', 'cy'), ...extendedBy('fay', 'bo'), 'freeze', 'purge'],
    { refused: ['bo', 'fay', 'cy'], certifies: 'eli' },
  ],
])('a line is not certified by %s', async (_sentence, entitlement, steps, { refused, certifies }) => {
  const { request, review, line } = await lineAfter(entitlement, steps);
  for (const person of refused)
    expect([person, await codeOf(lineDecided(fixture, review, line, { by: person }))]).toEqual([
      person,
      'own-approval',
    ]);
  expect(await codeOf(lineDecided(fixture, review, line, { by: certifies }))).toBe('ok');
  await answered(fixture, request, { kind: 'end', by: 'ana' });
});

test('two people who approved the access of each other alone certify neither, and a third certifies both', async () => {
  const pair = { cy: 'bo', bo: 'cy' } as const;
  for (const [person, approver] of Object.entries(pair)) {
    const request = await approvedWithoutWorkflow(fixture, { person }, [approver]);
    await granted(fixture, request);
    const { id } = await reviewOpened(fixture, { scope: { person: [person] } });
    const certified = (by: string) => codeOf(lineDecided(fixture, id, firstLease(request), { by }));
    expect(await certified(person)).toBe('own-access');
    expect(await certified(approver)).toBe('own-approval');
    expect(await certified('fay')).toBe('ok');
  }
});

describe('an extension that is approved at the moment of the decision', () => {
  test('is seen by it, because the decision waits for the approval', async () => {
    const { request, review, line } = await lineAfter('thing', [by('bo'), 'extend']);
    const approving = new pg.Client({ connectionString: fixture.url });
    await approving.connect();
    try {
      await approving.query('begin');
      const { outcome } = await record(
        { query: approving.query.bind(approving), hint: () => undefined },
        {
          ...{ request, name: `click/${clickIdOf(uuidv7())}`, via: 'cli' },
          command: (state, at) => ({
            ...{ kind: 'approve', by: 'cy' as PersonId, eligibility: ELIGIBLE, at },
            digest: state.kind === 'blank' ? '' : digestToAnswer(state),
          }),
        },
      );
      expect(outcome).toMatchObject({ ok: true });
      const decided = codeOf(lineDecided(fixture, review, line, { by: 'cy' }));
      let isDecided = false;
      void decided.then(() => (isDecided = true));
      await until('the decision waits', async () => {
        const waiting = await rowsOf(
          fixture.url,
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return isDecided || waiting.length > 0;
      });
      await approving.query('commit');
      expect(await decided).toBe('own-approval');
    } finally {
      await approving.end();
    }
  });
});
