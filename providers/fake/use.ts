import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import type { UseQuery } from '../provider.ts';
import type { FakeApi } from './api.ts';
import { type FakeLevel, LADDER } from './log.ts';

const SOURCE = "the simulated vendor's list of uses";

/** Each level that this one contains, as a piece that can be used. */
export const partsUpTo = (resource: string, level: FakeLevel): readonly string[] =>
  LADDER.slice(1, LADDER.indexOf(level) + 1).map((each) => `${each} on ${resource}`);

/** The vendor shows each use at once, as long as nobody hides it. */
export async function readUse(
  api: FakeApi,
  {
    subject,
    target: { resource, level },
    grantedAt,
    endedAt,
    now,
  }: UseQuery<Readonly<{ resource: string; level: FakeLevel }>>,
  signal: AbortSignal,
): Promise<Use> {
  const { uses, useHidden } = await api.read(signal);
  if (useHidden) return { kind: 'unknown', source: SOURCE, why: 'the vendor does not tell what was used' };
  const until = endedAt ?? now;
  const own = uses.filter(
    ({ id, target, at }) => id === subject.id && target === resource && at >= grantedAt && at <= until,
  );
  const times = own.map(({ at }) => at as Instant);
  return {
    ...{ kind: 'known', source: SOURCE, unit: 'uses', amount: own.length },
    ...(times.length > 0 && {
      first: Math.min(...times) as Instant,
      last: Math.max(...times) as Instant,
    }),
    covers: { from: grantedAt, until },
    parts: partsUpTo(resource, level).map((part) => {
      const of = own.filter((each) => `${each.level} on ${resource}` === part);
      return { part, use: of.length > 0 ? 'used' : 'not-used', amount: of.length };
    }),
  };
}
