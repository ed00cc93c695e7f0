import { logAccess } from '../../../audit/published-approval.ts';
import { drawSamples } from '../../../upkeep/draw-samples.ts';
import { trusted } from '../log.fixture.ts';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, type PersonId, type RequestId } from '../../../core/ids.ts';
import type { CommandOf } from '../../../core/request/commands.ts';
import { type ReviewId, reviewIdOf, type ReviewScope } from '../../../core/reviews/review.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { textHash } from '../../../ledger/salted-text.ts';
import { ana, answer, ask, bo, deny, denyExtension, extend } from '../../core/request/request.fixture.ts';
import {
  approve,
  confirmGranted,
  observed,
  openedIn,
  revokedIn,
  rowsOf,
  stepOf,
  target,
} from '../../ledger/ledger.fixture.ts';
import { PERIOD } from '../evidence/evidence.fixture.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SALT = 'a salt';

/** Records a step with what the person wrote. */
async function said(
  ledger: Ledger,
  request: RequestId,
  kind: 'denial' | 'question' | 'answer' | 'extension',
  command: Parameters<typeof stepOf>[2],
): Promise<void> {
  const { outcome } = await ledger.record({
    ...stepOf(request, `click/${uuidv7()}`, command),
    freeText: { kind, salt: SALT, body: `the ${kind} that somebody wrote` },
  });
  if (!outcome.ok) throw new Error(`${kind} was refused: ${JSON.stringify(outcome.error)}`);
}

/** A request that was granted, with every text that a request can have, and one that was denied. */
export async function recordRequests(
  ledger: Ledger,
  url: string,
): Promise<Readonly<Record<'granted' | 'denied', RequestId>>> {
  const granted = await openedIn(ledger, { targets: [target] });
  await said(ledger, granted, 'question', (at) => ask(bo, at));
  await said(ledger, granted, 'answer', (at) => answer(ana, at));
  await ledger.record(approve(granted));
  for (const lease of await ledger.leasesOf(granted)) {
    const seen = { ...observed, key: lease.target.lockKey };
    await ledger.intend({ lease, observed: seen, level: 'write', via: 'workflow' });
    await ledger.record(confirmGranted(lease, 'ana has write'));
  }
  await said(ledger, granted, 'extension', (at, state) => {
    if (state.kind !== 'active') throw new Error('the request is not active');
    const command = extend(at, { from: state.endsAt }) as CommandOf<'extend'>;
    const reasonHash = textHash(SALT, 'the extension that somebody wrote');
    return { ...command, extension: { ...command.extension, reasonHash } };
  });
  await said(ledger, granted, 'denial', (at) => denyExtension(bo, at));
  await revokedIn(ledger, granted);
  const denied = await openedIn(ledger, { targets: [{ ...target, lockKey: 'y' }] });
  await said(ledger, denied, 'denial', (at) => deny(bo, at));
  await recordReadings(url);
  return { granted, denied };
}

/** A visit whose entry is so long that its body is beside the log, and a short one. */
async function recordReadings(url: string): Promise<void> {
  const addresses = ['/short', ...Array.from({ length: 90 }, (_, at) => `/long?${at}${'x'.repeat(800)}`)];
  for (const [number, address] of addresses.entries())
    await rowsOf(url, `insert into reading (person, kind, address, at) values ($1, 'page', $2, $3)`, [
      ...[number === 0 ? 'dee' : 'eli', address, new Date(PERIOD.from + MINUTE_MS + number)],
    ]);
  for (;;) {
    const [row] = await rowsOf<{ closed: boolean }>(url, 'select close_visit() as closed');
    if (row?.closed !== true) return;
  }
}

/** A review of the period of the world, in which each line is decided. Nobody in the histories is the reviewer. */
export async function decidedReview(
  ledger: Ledger,
  publish: () => Promise<void>,
  { wanted, scope = {} }: Readonly<{ wanted?: number; scope?: ReviewScope }>,
): Promise<ReviewId> {
  const id = reviewIdOf(clickIdOf(uuidv7()));
  const due = ((await ledger.now()) + DAY_MS) as Instant;
  const opened = await ledger.openReview({
    ...{ id, by: 'dee' as PersonId, title: 'The autumn review', scope, ...PERIOD, due, accounts: [] },
    ...(wanted === undefined ? {} : { wanted }),
  });
  if (!opened.ok) throw new Error(`the review was refused: ${JSON.stringify(opened.error)}`);
  await publish();
  await drawSamples({ ledger, log: logAccess(trusted) });
  const lines = await ledger.reviewLines(id);
  const decide = async (line: string, isCertified: boolean, isRefused: boolean): Promise<void> => {
    await ledger.decideLine({
      ...{ review: id, line, kind: isCertified ? 'certify' : 'object', via: 'console' },
      ...{ by: 'gil' as PersonId, click: clickIdOf(uuidv7()) },
      ...(isCertified ? {} : { reason: 'Nobody needs this.' }),
      judge: () => Promise.resolve(isRefused ? { code: 'not-a-reviewer' } : undefined),
    });
  };
  await decide(lines[0]?.id ?? '', true, true);
  for (const { id: line, position } of lines) await decide(line, position % 2 === 1, false);
  await publish();
  return id;
}
