import type { Elsewhere } from '../core/elsewhere.ts';
import { type Instant, type PersonId, positionOfLease } from '../core/ids.ts';
import type { Event } from '../core/request/events.ts';
import type { OpenedRequest } from '../core/request/state.ts';
import type { Ledger } from '../ledger/index.ts';

type Reads = Pick<Ledger, 'readCutOffs' | 'cutOffsInForce'>;

type Told = Readonly<{
  state: OpenedRequest;
  events: readonly Event[];
  targets: readonly Readonly<{ residualMs: number | null; provider?: string }>[];
  now: Instant;
}>;

/**
 * What goes on at the providers of a request: the cut-off that its ending left and sessions that continue, or, before its end, what still refuses what
 * is granted to its requester.
 */
export async function readElsewhere(ledger: Reads, told: Told): Promise<readonly Elsewhere[]> {
  const { state } = told;
  const isHere = ({ provider }: Readonly<{ provider: string }>) => state.details.targets.includes(provider);
  if (state.kind !== 'closed' && state.kind !== 'revoking')
    return (await deniedTo(ledger, state.details.requester)).filter(isHere);
  const { ending } = state;
  const isOfPerson = ending.kind === 'mass-ended' && ending.scope.kind === 'person';
  const cutOffs = isOfPerson ? await ledger.readCutOffs(ending.massEnding) : [];
  return [
    ...cutOffs.filter(isHere).map((each) => ({ kind: 'cut-off', ...each }) as const),
    ...openSessions(told),
  ];
}

/** What providers may still refuse a person because everything of theirs was ended, and how that is undone. */
export const deniedTo = async (
  ledger: Pick<Ledger, 'cutOffsInForce'>,
  person: PersonId,
): Promise<readonly Extract<Elsewhere, { kind: 'denied' }>[]> =>
  (await ledger.cutOffsInForce(person)).map((each) => ({ kind: 'denied', ...each }));

/** For each provider, until when a session can continue at the targets whose access was granted and is revoked. Null: as long as it stays open. */
function openSessions({ state, events, targets, now }: Told): readonly Elsewhere[] {
  const wasGranted = new Set(events.flatMap((each) => (each.kind === 'granted' ? [each.lease] : [])));
  const sessions = events.flatMap((event) => {
    if (event.kind !== 'revoked' || !wasGranted.has(event.lease)) return [];
    const position = positionOfLease(event.lease);
    const { residualMs = 0, provider = state.details.targets[position] ?? '' } = targets[position] ?? {};
    const until = residualMs === null ? Infinity : event.at + residualMs;
    return until > now ? [{ provider, until }] : [];
  });
  return [...new Set(sessions.map(({ provider }) => provider))].map((provider) => {
    const last = Math.max(...sessions.map((each) => (each.provider === provider ? each.until : 0)));
    return { kind: 'session', provider, until: last === Infinity ? null : (last as Instant) };
  });
}
