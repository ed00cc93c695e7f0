import { positionOfLease } from '../../core/ids.ts';
import type { LogLedger } from '../../ledger/index.ts';
import type { LogEntry } from '../entry.ts';
import { readEntry, tileReader } from '../log-reader.ts';
import { type AccessFacts, given, idIn, type LeaseFacts, recordIn } from './activity.ts';

/** The JSON of an entry, with its body in full. */
export function jsonOf({ bytes, longBody }: LogEntry): unknown {
  const entry: unknown = JSON.parse(bytes.toString('utf8'));
  return longBody ? { ...recordIn(entry), body: JSON.parse(longBody.text) as unknown } : entry;
}

/** The request of an event; undefined for another entry. */
export const requestOf = (entry: unknown): string | undefined => {
  const { type, id } = recordIn(entry);
  return type === 'event' ? String(id).split('/')[0] : undefined;
};

/**
 * What the log says these requests are for, by the id of the request. Throws `LogAltered` when the ledger has something else in the
 * place of one of the entries.
 */
export async function accessFacts(
  ledger: Pick<LogLedger, 'accessEntries' | 'readLogTile'>,
  requests: readonly string[],
): Promise<ReadonlyMap<string, AccessFacts>> {
  const read = tileReader(ledger);
  const entries: unknown[] = [];
  for (const { index, ...row } of await ledger.accessEntries(requests))
    entries.push(jsonOf(await readEntry(row, index, read)));
  return new Map(requests.map((request) => [request, factsIn(entries.filter(isOf(request)))]));
}

export const NO_FACTS: AccessFacts = { leases: new Map() };

const isOf = (request: string) => (entry: unknown) => requestOf(entry) === request;

/** The facts in the entries of one request, in their order. */
export function factsIn(entries: readonly unknown[]): AccessFacts {
  const bodies = entries.map((entry) => recordIn(recordIn(entry)['body']));
  const details = recordIn(bodies.find(({ kind }) => kind === 'requested')?.['details']);
  const targets = Array.isArray(details['targets']) ? (details['targets'] as readonly unknown[]) : [];
  const leases = new Map<string, LeaseFacts>();
  for (const { kind, lease, subject, level } of bodies) {
    if (typeof lease !== 'string') continue;
    if (kind === 'granted') leases.set(lease, { ...leases.get(lease), isGranted: true });
    if (kind === 'intended')
      leases.set(
        lease,
        given({
          provider: idIn(targets[positionOfLease(lease)]),
          account: idIn(subject),
          level: idIn(level),
        }),
      );
  }
  return {
    ...given({ requester: idIn(details['requester']), entitlement: idIn(details['entitlement']) }),
    leases,
  };
}
