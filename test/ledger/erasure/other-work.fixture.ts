import { uuidv7 } from 'uuidv7';
import type { FindingId } from '../../../core/findings/finding.ts';
import { clickIdOf, type Instant, massEndingIdOf, type PersonId, type RequestId } from '../../../core/ids.ts';
import { reviewIdOf } from '../../../core/reviews/review.ts';
import { ana, ask, cy, dee, deny } from '../../core/request/request.fixture.ts';
import { newRequest, openedIn, opening } from '../ledger.fixture.ts';
import { ledger, rows } from '../own-ledger.fixture.ts';
import { said } from './requests.fixture.ts';
import { word } from './words.fixture.ts';

const PAST = { from: 0 as Instant, to: 8e12 as Instant };

/** What a click of ana leaves: its text is gone when it was decided, and what they typed besides is not. */
export async function click(
  kind: 'request' | 'end',
  via: 'slack' | 'cli',
  request: RequestId,
): Promise<void> {
  const id = clickIdOf(uuidv7());
  const body = { entitlement: word('typed'), length: word('length'), note: word('note') };
  await rows(
    `insert into click (id, kind, request_id, via, account, person, body, done_at, outcome)
     values ($1, $2, $3, $4, $5, 'ana', $6, now(), $7)`,
    [
      ...[id, kind, request, via, via === 'cli' ? word('os-login') : 'U1', JSON.stringify(body)],
      JSON.stringify({ kind: 'refused', refusal: { code: 'not-allowed', why: word('why') } }),
    ],
  );
}

/** What ana did as an approver, a security person and an auditor, and what was written about them there. */
export async function otherWork(): Promise<void> {
  const asked = await openedIn(ledger, {
    details: { ...opening(newRequest()).details, requester: cy },
    requirements: { stages: [{ needs: 1, approvers: [{ person: ana, because: 'x' }] }], policy: 'p1' },
  });
  await said(asked, 'question', (at) => ask(ana, at));
  await said(asked, 'denial', (at) => deny(ana, at));

  const massEnding = massEndingIdOf(clickIdOf(uuidv7()));
  await ledger.writeMassEnding({
    id: massEnding,
    scope: { kind: 'everything' },
    by: ana,
    reason: word('ending'),
  });
  const ofAna = massEndingIdOf(clickIdOf(uuidv7()));
  await ledger.writeMassEnding({
    id: ofAna,
    scope: { kind: 'person', person: ana },
    by: dee,
    reason: 'left',
  });
  const cut = { provider: 'fake', done: [], again: [] };
  await ledger.writeCutOff(ofAna, { ...cut, seen: word('cut'), toUndo: [word('undo')] });

  const review = reviewIdOf(clickIdOf(uuidv7()));
  const order = { scope: {}, ...PAST, due: PAST.to, accounts: [] };
  await ledger.openReview({ id: review, by: ana, title: word('title'), ...order });
  for (const [at, line] of (await ledger.reviewLines(review)).entries())
    await ledger.decideLine({
      ...{ click: clickIdOf(uuidv7()), review, line: line.id, kind: 'object', via: 'cli' },
      ...{ by: at === 0 ? ana : ('gil' as PersonId), reason: word(`objection-${at}`) },
      judge: () => Promise.resolve(undefined),
    });

  await foundAccess();

  await rows(
    `insert into console_session (id_hash, person, account, zone, own_zone, ended_at) values (sha256('x'), 'ana', $1, 'UTC', 'UTC', now())`,
    [word('sign-in')],
  );
  await rows(
    `insert into quarantine (reason, ledger_serial, manifest_serial, ended_at, ended_by, plan_digest, end_log_id)
     values ('restored', 1, 2, now(), 'dee', 'd', nextval('log_id'))`,
  );
  await rows(
    `insert into quarantine_answer (id, quarantine_id, account, person, plan_digest, decided_at)
     select 'answer', id, $1, 'ana', 'd', now() from quarantine`,
    [word('answer-login')],
  );
}

/** What vendors say, and what a plan of a quarantine has, about the accesses of a request. */
export async function faultsOf(request: RequestId): Promise<void> {
  const fault = `provider-refused: ${word('fault')}`;
  await rows('update lease set last_fault = $2 where request_id = $1', [request, fault]);
  await rows(
    'update access_check set problem = $2 where lease_id in (select id from lease where request_id = $1)',
    [request, fault],
  );
  await rows('update outbox set last_fault = $2 where request_id = $1', [request, fault]);
  await rows(
    `insert into use_reading (lease_id, read_at, source, kind, why) select id, now(), 'fake', 'unknown', $2 from lease where request_id = $1`,
    [request, fault],
  );
  const entry = {
    serial: 1,
    provider: 'other',
    targetKey: 'x',
    subject: { id: 'id-at-other', name: word('entry') },
  };
  await rows(
    `insert into quarantine_lease (quarantine_id, lease_id, kind, entry, signed, request_id, access_key, ends_at, gone_at, seen)
     select id, 'lease_lost', 'unknown', $1, $2, 'req_lost', '["other","x","id-at-other"]', now(), now(), $2 from quarantine`,
    [JSON.stringify(entry), word('signed')],
  );
}

/** An access of ana that a pass found, with a decision that was refused and one that was carried out, and an object with the mark of a lease. */
async function foundAccess(): Promise<void> {
  const found = {
    ...{ provider: 'fake', targetKey: 't', targetName: 't', target: {}, level: 'write', onLadder: true },
    ...{ subject: { id: 'id-of-an-older-name', name: 'quokka-AT-fake' } },
    ...{ whyNoAdopt: word('no-adopt'), whyNoRevoke: word('no-revoke') },
    sources: [{ level: 'write', through: word('group') }],
  };
  await ledger.recordFindings([
    { ...found, kind: 'access', what: 't' },
    { ...found, kind: 'mark', what: word('object') },
  ]);
  const findings = await rows<{ id: FindingId }>('select id from finding');
  for (const { id } of findings) {
    const decision = { finding: id, by: ana, via: 'cli', seen: 's', reason: word('finding') } as const;
    for (const kind of ['adopt', 'revoke'] as const)
      await ledger.decideFinding({
        ...{ ...decision, click: clickIdOf(uuidv7()), kind },
        judge: () => Promise.resolve({ code: `cannot-${kind}`, why: word(`no-${kind}`) }),
      });
    await ledger.decideFinding({
      ...{ ...decision, click: clickIdOf(uuidv7()), kind: 'revoke' },
      judge: () => Promise.resolve(undefined),
    });
  }
  await rows(
    `update finding set state = 'revoked', why = $1, problem = $1, closed_at = now(), decision = null, work_at = null`,
    [word('receipt')],
  );
}
