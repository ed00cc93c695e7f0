import type { AnswerKind } from '../../core/request/commands.ts';
import type { Click } from '../../ledger/index.ts';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { openLog } from '../../app/log.ts';
import { startAnswers } from '../../app/worker.ts';
import type { Running } from '../../app/supervise.ts';
import { startAccountChecks } from '../../inbox/account-checks.ts';
import { clickIdOf, type PersonId } from '../../core/ids.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import type { OpenedPolicy } from '../../policy/index.ts';
import { encryptedPayloads } from '../../temporal/codec.ts';
import { guestFacts, memberFacts } from '../core/account.fixture.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { pressed, withPassword } from '../requests/passwords.fixture.ts';
import {
  firstLease,
  type RequestsFixture,
  slackAccountOf,
  startRequestsFixture,
} from '../requests/requests.fixture.ts';
import { answerClick, openedWithoutWorkflow } from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';

/** What a worker's process runs, on a real ledger. Nobody listens at its Temporal. The checks are those of a gateway. */
let fixture: RequestsFixture;
let worker: Running;
let checks: { stop(): Promise<void> };
const guests: string[] = [];
beforeAll(async () => {
  fixture = await startRequestsFixture();
  const { ledger, deps, folder } = fixture;
  const codec = encryptedPayloads(sealerOf(randomBytes(32)));
  const log = openLog('silent', folder);
  const ledgers = { as: () => ledger, close: () => Promise.resolve() };
  const policy: OpenedPolicy = { ...deps.policy, withRoles: () => policy };
  const wired = { ...deps, policy, ledgers, describers: deps.providers, codec };
  worker = startAnswers(wired, log);
  checks = startAccountChecks({
    ledger,
    readAccount: (account) => Promise.resolve((guests.includes(account) ? guestFacts : memberFacts)(account)),
    onRetry: (_click, error) => console.error(error),
    onError: (error) => console.error(error),
  });
});
afterAll(async () => {
  await Promise.all([worker?.stop(), checks?.stop()]);
  await fixture?.stop();
}, 60_000);

describe('while Temporal is unavailable, a worker', () => {
  /** The outcome of a click of this person on a new request. */
  async function outcomeOf(kind: Click<AnswerKind>['kind'], by: string) {
    const request = await openedWithoutWorkflow(fixture);
    const id = clickIdOf(uuidv7());
    const { body } = await answerClick(fixture, request, { kind, by });
    const from = { via: 'slack', account: slackAccountOf(by), person: by as PersonId } as const;
    await fixture.ledger.writeClick({ id, request, ...from, kind, body });
    const outcome = await until('it has its outcome', () => fixture.ledger.clickOutcome(id));
    return { request, outcome };
  }
  const wakeUps = async () =>
    (await rowsOf<{ id: string }>(fixture.url, 'select request_id as id from wake_up')).map(({ id }) => id);

  test.each([
    ['approve', 'bo', 'requested judged approved grant-started'],
    ['deny', 'bo', 'requested judged closed'],
    ['withdraw', 'ana', 'requested judged closed'],
  ] as const)('decides a click to %s, and keeps the wake-up (F06)', async (kind, by, kinds) => {
    const { request, outcome } = await outcomeOf(kind, by);
    expect(outcome).toEqual({ kind: 'answered' });
    expect(await fixture.kinds(request)).toBe(kinds);
    expect(await wakeUps()).toContain(request);
  });

  test.each([
    ['ana', { kind: 'answered' }],
    ['bo', { kind: 'refused', refusal: { code: 'not-requester' } }],
  ])('decides a click of %s for a password, which it does not take', async (by, outcome) => {
    const request = await withPassword(fixture);
    const { id, body } = await pressed(fixture, request, { by, factsOf: null });
    expect(await until('it has its outcome', () => fixture.ledger.clickOutcome(id))).toEqual(outcome);
    const found = await fixture.ledger.takeSecret({ lease: body.lease ?? firstLease(request), click: id });
    expect(found !== undefined).toBe(outcome.kind === 'answered');
  });

  test('refuses the approval of a guest (T07)', async () => {
    guests.push(slackAccountOf('cy'));
    const { request, outcome } = await outcomeOf('approve', 'cy');
    expect(outcome).toEqual({ kind: 'refused', refusal: { code: 'not-a-member', why: 'guest' } });
    expect(await fixture.kinds(request)).toBe('requested judged refused');
  });
});
