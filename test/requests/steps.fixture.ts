import type { AnswerKind } from '../../core/request/commands.ts';
import { expect } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import type { Click, RecordResult } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { extendLease } from '../../requests/extend-lease.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { judge } from '../../requests/judge.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import { firstLease, type RequestsFixture } from './requests.fixture.ts';

type Fixture = Pick<RequestsFixture, 'deps' | 'ledger' | 'state' | 'url'>;
type Submitted = Readonly<{ entitlement?: string; length?: string; reason?: string; person?: string | null }>;

/** What every attempt to grant or to revoke gets from its caller. */
export const attempt = {
  signal: new AbortController().signal,
  rememberUndo: () => undefined,
} as const;

/** So each submission has a reason of its own. */
let submissions = 0;

/** Writes the click of a submission that was accepted. It has no wake-up, so no workflow judges it. */
export async function submitted(fixture: Fixture, more: Submitted = {}): Promise<RequestId> {
  const {
    entitlement = 'thing',
    length = '1h',
    reason = `incident 4312, part ${submissions}`,
    person = 'ana',
  } = more;
  submissions += 1;
  const click = clickIdOf(uuidv7());
  const request = requestIdOf(click);
  await asAdmin(async (owner) => {
    await owner.query(
      `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
       values ($1, 'request', $2, 'cli', $5, $4, $3, ledger_now(), '{"kind":"started"}')`,
      [
        click,
        request,
        { entitlement, length, reason },
        person,
        accountActingAs('tester', person ?? 'nobody'),
      ],
    );
  }, fixture.url);
  return request;
}

/** A pending request that has no workflow. The code that opens it is the code that the workflow calls. */
export async function openedWithoutWorkflow(fixture: Fixture, more: Submitted = {}): Promise<RequestId> {
  const request = await submitted(fixture, more);
  await judge(fixture.deps, { request });
  return request;
}

/** The click of a person who answers a request as it is now. It is not written to the inbox. */
export async function answerClick(
  fixture: Fixture,
  request: RequestId,
  {
    kind,
    by,
    ...more
  }: { kind: Click<AnswerKind>['kind']; by: string } & Partial<Pick<Click, 'body' | 'id'>>,
): Promise<Click<AnswerKind>> {
  const state = await fixture.state(request);
  const digest = state.kind === 'blank' ? '' : digestToAnswer(state);
  const person = by as PersonId;
  const body = { digest, ...(kind === 'deny' ? { note: 'not today' } : {}) };
  const rest = { id: clickIdOf(uuidv7()), body, ...more };
  return {
    request,
    via: 'cli',
    account: accountActingAs('tester', by),
    person,
    kind,
    ...rest,
  } as Click<AnswerKind>;
}

/** Decides the answer of a person, as the dispatcher does it. */
export const answered = async (
  fixture: Fixture,
  ...click: readonly [RequestId, Parameters<typeof answerClick>[2]]
): Promise<Pick<RecordResult, 'outcome'>> => decideClick(fixture.deps, await answerClick(fixture, ...click));

/** A question about a request, or its answer, as the dispatcher decides it. */
export async function questioned(
  fixture: Fixture,
  request: RequestId,
  kind: Click<'ask' | 'answer'>['kind'],
  by: string,
  note: string,
): Promise<Pick<RecordResult, 'outcome'>> {
  const state = await fixture.state(request);
  const digest = state.kind === 'blank' ? '' : state.details.digest;
  return decideClick(fixture.deps, {
    ...{ id: clickIdOf(uuidv7()), request, via: 'cli', kind, body: { digest, note } },
    ...{ account: accountActingAs('tester', by), person: by as PersonId },
  } satisfies Click<'ask' | 'answer'>);
}

/** Asks for a later end, as the dispatcher decides it. */
export const asked = (
  fixture: Fixture,
  request: RequestId,
  { by = 'ana', length = '30m', reason = 'the restore takes longer', id = clickIdOf(uuidv7()) } = {},
): Promise<Pick<RecordResult, 'outcome'>> =>
  decideClick(fixture.deps, {
    id,
    request,
    via: 'cli',
    kind: 'extend',
    account: accountActingAs('tester', by),
    person: by as PersonId,
    body: { length, reason },
  } satisfies Click<'extend'>);

/** An active request whose extension everybody approved, and that nothing has extended yet. */
export async function extensionStarted(fixture: Fixture, request: RequestId, length = '30m'): Promise<void> {
  await asked(fixture, request, { length });
  await answered(fixture, request, { kind: 'approve', by: 'bo' });
}

/** Extends a lease of a request, the first one by default. */
export const extended = ({ deps }: Fixture, request: RequestId, lease = firstLease(request)) =>
  extendLease(deps, { lease, ...attempt });

/** An approved request that has no workflow and is not granted. */
export async function approvedWithoutWorkflow(
  fixture: Fixture,
  more: Submitted = {},
  approvers: readonly string[] = ['bo'],
): Promise<RequestId> {
  const request = await openedWithoutWorkflow(fixture, more);
  for (const by of approvers) await answered(fixture, request, { kind: 'approve', by });
  return request;
}

/** Grants the first lease of a request. */
export const granted = ({ deps }: Fixture, request: RequestId) =>
  grantLease(deps, { lease: firstLease(request), ...attempt });

/** The same, by a process that is killed after it recorded the intent, and before it records the grant. */
export async function killedGrant(fixture: Fixture, request: RequestId): Promise<void> {
  const { ledger } = fixture.deps;
  const killed = new Error('the process is killed');
  const record: typeof ledger.record = (step) =>
    step.name.startsWith('granted/') ? Promise.reject(killed) : ledger.record(step);
  const deps = { ...fixture.deps, ledger: { ...ledger, record } };
  await expect(granted({ ...fixture, deps }, request)).rejects.toBe(killed);
}

/** Revokes the first lease of a request. The request must have ended. */
export const revoked = ({ deps }: Fixture, request: RequestId) =>
  revokeLease(deps, { lease: firstLease(request), via: 'workflow', ...attempt });

/** Works while a policy file has another text. */
export async function whileEdited<T>(
  { edit }: Pick<RequestsFixture, 'edit'>,
  change: readonly [file: string, from: string, to: string],
  work: () => Promise<T>,
): Promise<T> {
  const restore = await edit(...change);
  try {
    return await work();
  } finally {
    await restore();
  }
}
