import { CLICK_KINDS, type ClickKind, type DecidedKind } from '../../core/click-kinds.ts';
import type { Click } from '../../ledger/index.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import pg from 'pg';
import { type ClickId, clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { openPolicy } from '../../policy/index.ts';
import { targetReader } from '../../providers/target-reader.ts';
import { chosenPerson } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import type { Deps } from '../../requests/deps.ts';
import { decideQuarantineAnswer } from '../../requests/end-quarantine.ts';
import { judge } from '../../requests/judge.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, openedWithoutWorkflow } from './steps.fixture.ts';

// Bo may approve, and has no account of the operating system. Dee may end a quarantine.

let fixture: RequestsFixture;
let cli: pg.Client;
let outside: Deps;
let open: RequestId;
beforeAll(async () => {
  fixture = await startRequestsFixture();
  outside = { ...fixture.deps, policy: openPolicy(fixture.folder, targetReader(fixture.deps.providers)) };
  cli = new pg.Client({ connectionString: fixture.url, options: '-c role=curfew_cli' });
  await cli.connect();
});
afterEach(() => answered(fixture, open, { kind: 'withdraw', by: 'ana' }));
afterAll(async () => {
  await cli?.end();
  await fixture?.stop();
});

/** To end access needs no people.yaml (I14), and the command line takes no password. */
const KINDS = CLICK_KINDS.filter((kind) => !['end', 'withdraw', 'deliver'].includes(kind));

/** The click of somebody with the role `curfew_cli`, in the inbox. */
async function clicked(kind: ClickKind, account: string): Promise<Click<DecidedKind>> {
  const id = clickIdOf(uuidv7());
  open = await openedWithoutWorkflow(fixture);
  const request = ['approve', 'deny', 'ask', 'answer', 'extend'].includes(kind) ? open : requestIdOf(id);
  const state = await fixture.state(open);
  const digest = state.kind === 'blank' ? '' : digestToAnswer(state);
  const finding = 'find_01m0000000000000000000000a';
  const body = {
    ...{ digest, note: 'because', entitlement: 'thing', length: '1h', reason: 'incident 4312', lock: 'lock' },
    ...{
      finding,
      seen: '',
      review: 'review_x',
      line: finding,
      title: 'x',
      scope: { kind: 'person', person: 'ana' },
    },
  };
  await cli.query(
    `insert into click (id, kind, request_id, via, account, person, body, source) values ($1, $2, $3, 'cli', $4, 'bo', $5, null)`,
    [id, kind, request, account, body],
  );
  return { id, kind, request, via: 'cli', account, person: 'bo', body } as unknown as Click<DecidedKind>;
}

/** Why a click is refused; undefined when it is not. */
async function refusalOf(deps: Deps, click: Click<DecidedKind>): Promise<string | undefined> {
  if ((click.kind as ClickKind) === 'request') return refusalOfRequest(deps, click);
  const { outcome } = await decideClick(deps, click);
  return outcome.ok ? undefined : outcome.error.code;
}

async function refusalOfRequest(
  deps: Deps,
  { id, request }: Readonly<{ id: ClickId; request: RequestId }>,
): Promise<string | undefined> {
  const click = await fixture.ledger.readClick(id);
  await fixture.ledger.acceptSubmission(click as never);
  await judge(deps, { request });
  const [first] = await fixture.ledger.readTrail(request);
  return first?.event.kind === 'refused' ? first.event.refusal.code : undefined;
}

/** Why this account may not end a quarantine for Dee; undefined when it may. */
async function quarantineRefusal(policy: Deps['policy'], account: string): Promise<string | undefined> {
  let refusal: string | undefined;
  const decided = new Error('it is past the question who acts');
  const ledger = {
    refuseQuarantineAnswer: (_id: string, why: string) => Promise.resolve(void (refusal = why)),
  };
  const deps = { ledger: { ...ledger, readQuarantine: () => Promise.reject(decided) }, policy };
  const answer = { id: 'a', quarantine: 1, account, person: 'dee' as PersonId, planDigest: '' };
  await decideQuarantineAnswer(deps as unknown as Deps, answer, new AbortController().signal).catch(
    (error: unknown) => expect(error).toBe(decided),
  );
  return refusal;
}

describe('outside of the demo, an account of the command line that says as whom it acts', () => {
  test.each(KINDS)('is refused for the click %s (T44, T45)', async (kind) => {
    expect(await refusalOf(outside, await clicked(kind, 'eve as bo'))).toBe('unknown-person');
  });

  test('is refused for the end of a quarantine', async () => {
    expect(await quarantineRefusal(outside.policy, 'eve as dee')).toContain('not linked to an active person');
  });

  test('is an account like any other when people.yaml has it', async () => {
    const restore = await fixture.edit('people.yaml', 'slack: U0BO', 'slack: U0BO, unix: eve as bo');
    try {
      expect(await refusalOf(outside, await clicked('approve', 'eve as bo'))).toBeUndefined();
    } finally {
      await restore();
    }
  });
});

describe('in the demo', () => {
  test.each(KINDS)('such an account is its person for the click %s', async (kind) => {
    expect(await refusalOf(fixture.deps, await clicked(kind, 'eve as bo'))).not.toBe('unknown-person');
  });

  test('such an account approves', async () => {
    expect(await refusalOf(fixture.deps, await clicked('approve', 'eve as bo'))).toBeUndefined();
  });

  test('such an account is refused while people.yaml cannot be read', async () => {
    const click = await clicked('approve', 'eve as bo');
    const restore = await fixture.edit('people.yaml', 'people:', 'peopel:');
    try {
      expect(await refusalOf(fixture.deps, click)).toBe('not-allowed');
    } finally {
      await restore();
    }
  });

  test.each(['slack', 'oidc', 'github'])('such an account of %s is a name like any other', async (system) => {
    expect(chosenPerson(system, 'eve as bo')).toBeUndefined();
    expect(await fixture.deps.policy.ownerOf(system, 'eve as bo')).toEqual({ ok: true, value: null });
  });

  test('such an account ends a quarantine', async () => {
    expect(await quarantineRefusal(fixture.deps.policy, 'eve as dee')).toBeUndefined();
  });

  test.each([
    ['of a person whom people.yaml does not have', 'eve as zed'],
    ['of another person than the click names', 'eve as cy'],
    ['of another person at its end', 'eve as bo as cy'],
    ['that names nobody', 'eve'],
  ])('an account %s is refused', async (_whose, account) => {
    expect(await refusalOf(fixture.deps, await clicked('approve', account))).toBe('unknown-person');
  });
});
