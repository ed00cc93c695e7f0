import { LOOKS_AFTER_CHANGE, lookAfterMs, RETRY_MS } from '../../core/findings/check-times.ts';
import type { Comparison } from '../../core/findings/compare.ts';
import type { AccessCheck, EndedCheck } from '../../ledger/index.ts';
import type { Deps } from '../deps.ts';
import { type LeaseAtProvider, leaseAtProvider } from '../lease-at-provider.ts';
import { checkGranted } from './check-granted.ts';
import { checkRevoked } from './check-revoked.ts';
import { readShownAccess } from './shown-access.ts';

/**
 * What a look found. `soon`: nobody can say it at this moment, so the look is repeated. `unknown`: the read says nothing about the account,
 * and `why` says why. `left`: a lease is over and its account has access, about which a person must decide.
 */
export type Look = Readonly<
  { kind: Comparison['kind'] | 'soon' | 'repaired' | 'left' | 'gone' } | { kind: 'unknown'; why: string }
>;

/**
 * Compares the access of a lease with its provider, after a grant, after a receipt, and regularly while it is live. What somebody
 * lowered or raised is drift, and is never granted again. What shows again after the receipt is revoked again. A look within the consistency
 * window after a change says nothing, so it comes later (F15). `everyMs` is the time between two regular looks.
 */
export async function checkAccess(
  deps: Deps,
  check: AccessCheck,
  { everyMs, signal }: Readonly<{ everyMs: number; signal: AbortSignal }>,
): Promise<Omit<EndedCheck, 'check'> & Readonly<{ look: Look | undefined }>> {
  const { done } = check;
  const lease = await deps.ledger.readLease(check.lease);
  const isOver = lease?.state === 'revoked';
  if (!lease?.holding || (lease.state !== 'granted' && !isOver)) return { done, look: undefined };
  if (!isOver && check.now >= lease.endsAt) return { done, look: undefined, nextMs: RETRY_MS }; // Its revocation is due.
  const current = leaseAtProvider(deps, lease);
  const waitMs = await msToWait(deps, current, check);
  if (waitMs > 0) return { done, look: undefined, nextMs: waitMs };

  const shown = await readShownAccess(current, signal);
  const look = isOver
    ? await checkRevoked(deps, current, {
        shown,
        receiptAt: check.changedAt,
        isLast: done + 1 >= LOOKS_AFTER_CHANGE,
        signal,
      })
    : await checkGranted(deps, current, { shown, signal });
  return { look, ...afterLook(look, check, { current, everyMs }) };
}

/** How long to wait until a read shows the last change of this access, and the time of this look has come. */
async function msToWait(
  { ledger }: Deps,
  { lease: { holding, shownAt }, provider, target }: LeaseAtProvider,
  { changedAt, done, now }: AccessCheck,
): Promise<number> {
  const { consistencyWindowMs: windowMs } = provider;
  const dueAt = changedAt + (lookAfterMs(done, windowMs) ?? 0);
  const others = holding?.others.flatMap((each) => each.shownAt ?? []) ?? [];
  const lastRevoked =
    holding &&
    (await ledger.lastRevokedAt(provider.name, {
      key: provider.targetKey(target),
      subject: holding.subject,
    }));
  const changes = [...others, shownAt ?? 0, lastRevoked ?? 0].filter((at) => at <= now); // A later time is forged.
  return Math.max(dueAt, Math.max(0, ...changes) + windowMs) - now;
}

/** When the next look is due, and what the row of this one says. */
function afterLook(
  look: Look,
  { change, changedAt, done, now }: AccessCheck,
  { current, everyMs }: Readonly<{ current: LeaseAtProvider; everyMs: number }>,
): Omit<EndedCheck, 'check'> {
  if (look.kind === 'soon') return { done, nextMs: RETRY_MS };
  if (look.kind === 'repaired')
    return { done, repaired: true, nextMs: Math.max(current.provider.consistencyWindowMs, RETRY_MS) };
  if (look.kind === 'gone' || look.kind === 'left') return { done: done + 1, gone: look.kind === 'gone' };
  const nextAfter = lookAfterMs(done + 1, current.provider.consistencyWindowMs);
  const nextMs = nextAfter === undefined ? spread(everyMs) : Math.max(changedAt + nextAfter - now, RETRY_MS);
  const problem = look.kind === 'unknown' ? { problem: look.why } : {};
  const isLast = change === 'revoked' && nextAfter === undefined;
  return { done: done + 1, ...problem, ...(isLast ? {} : { nextMs }) };
}

/** Between 90 and 110 per cent, so that the looks at leases that began together do not stay together. */
const spread = (ms: number): number => ms * (0.9 + 0.2 * Math.random());
