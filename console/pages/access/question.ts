import type { Instant } from '../../../core/ids.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import type { AccessNames } from '../../../audit/questions/index.ts';
import { addressOf, cursorIn, type MomentReading, momentsIn, type QueryFields } from '../../parts/period.tsx';
import { rfc3339 } from '../../parts/time.tsx';

/** What the page of access is asked: about whom or what, at which moment, and in which time the picture is. */
export type AccessQuestion = Readonly<{
  /** As it was typed: an id, a name or a synonym. */
  entitlement?: string;
  person?: string;
  at: Instant;
  /** The beginning and the end of the picture. */
  from: Instant;
  to: Instant;
  /** Only what had been recorded at this moment counts. */
  knownAt?: Instant;
  /** What the list has: what somebody had at the moment, or in the whole time of the picture. */
  list: 'moment' | 'time';
  /** The page of the list: the `next` of the page before it. */
  after?: string;
}>;

const DAY_MS = 86_400_000;
/** How much of the time before the moment the picture has, when the address does not say it. */
const USUAL_MS = 7 * DAY_MS;

const MOMENTS = ['at', 'from', 'to', 'known'] as const;

/** A question, and the part of it that the address gave. */
export type ParsedQuestion = Readonly<{ question: AccessQuestion; given: Partial<AccessQuestion> }>;

/** Reads the question of an address. A time without a zone is in the zone of the reader. The error is a sentence for them. */
export function parseAccessQuestion(
  typed: QueryFields,
  reading: MomentReading,
): Result<ParsedQuestion, string> {
  const moments = momentsIn(typed, MOMENTS, reading);
  if (!moments.ok) return moments;
  const { known: knownAt, to = reading.now, at = to } = moments.value;
  const { from = (Math.min(at, to) - USUAL_MS) as Instant } = moments.value;
  if (from >= to) return no('The beginning of the picture must be before its end.');
  if (knownAt !== undefined && knownAt < at)
    return no(
      'The moment of “as known at” is before the moment of the question. Nothing could be known about it then.',
    );
  const texts = { ...textsIn(typed), list: typed['list'] === 'time' ? 'time' : 'moment' } as const;
  const known = knownAt === undefined ? {} : { knownAt };
  const { known: _known, ...given } = moments.value;
  return ok({
    question: { ...texts, ...{ at, from, to }, ...known },
    given: { ...texts, ...given, ...known },
  });
}

const textsIn = (typed: QueryFields): Pick<AccessQuestion, 'entitlement' | 'person' | 'after'> => {
  const after = cursorIn(typed);
  return {
    ...Object.fromEntries(
      (['entitlement', 'person'] as const).flatMap((name) => {
        const text = typed[name]?.trim() ?? '';
        return text === '' ? [] : [[name, text]];
      }),
    ),
    ...(after === undefined ? {} : { after }),
  };
};

/** The address of a question, always the same for equal ones. */
export const accessAddress = ({
  entitlement,
  person,
  at,
  from,
  to,
  knownAt,
  list,
  after,
}: {
  [Name in keyof AccessQuestion]?: AccessQuestion[Name] | undefined;
}): string =>
  addressOf('/access', {
    ...{ entitlement, person, at, from, to, known: knownAt },
    ...{ list: list === 'time' ? list : undefined, after },
  });

/** The command for what the list of a question has. None asks about everything, or about a person and an entitlement at once. */
export function accessCommand(
  { entitlement, person }: AccessNames,
  { at, from, to, list, knownAt }: AccessQuestion,
): string | undefined {
  if ((entitlement === undefined) === (person === undefined)) return undefined;
  const asked = entitlement === undefined ? ['held', person] : ['access', entitlement];
  const time = list === 'time' ? ['--from', rfc3339(from), '--to', rfc3339(to)] : ['--at', rfc3339(at)];
  const known = knownAt === undefined ? [] : ['--known-at', rfc3339(knownAt)];
  return ['curfew', 'audit', ...asked, ...time, ...known].join(' ');
}
