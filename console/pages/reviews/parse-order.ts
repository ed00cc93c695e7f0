import { mistakeLine, parseSearch, type UnknownValue, unknownValues } from '../../../audit/search/index.ts';
import type { Instant } from '../../../core/ids.ts';
import { orderRefusal } from '../../../core/reviews/check-order.ts';
import type { ReviewRefusal } from '../../../core/reviews/decide-line.ts';
import { type ReviewOrder, type ReviewScope, SCOPE_KEYS } from '../../../core/reviews/review.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import type { KnownNames } from '../../../audit/search/index.ts';
import { momentsIn, type MomentReading } from '../../parts/period.tsx';

const DAY_MS = 86_400_000;
/** The period when nobody says when it begins: about a quarter. */
const USUAL_DAYS = 90;

/** What somebody typed into the form. */
export type TypedOrder = Readonly<Record<'title' | 'scope' | 'from' | 'to' | 'sample' | 'days', string>>;

/** What the form has before anybody typed. */
export const USUAL_ORDER: TypedOrder = {
  title: '',
  scope: '',
  from: '90d ago',
  to: 'now',
  sample: '25',
  days: '14',
};

/** A review as it was ordered, with its title. */
export type TitledOrder = Readonly<{ title: string; review: ReviewOrder }>;

/** Reads the form with which a review is opened. The error is a sentence for the reader, or the refusal that a worker would give. */
export function parseOrder(
  { title, scope: text, from: start, to: end, sample, days }: TypedOrder,
  { known, ...reading }: MomentReading & Readonly<{ known: KnownNames }>,
): Result<TitledOrder, string | ReviewRefusal> {
  const scope = parseScope(text, { known, ...reading });
  if (!scope.ok) return scope;
  const moments = momentsIn({ from: start, to: end }, ['from', 'to'], reading);
  if (!moments.ok) return moments;
  const { to = reading.now } = moments.value;
  const { from = (to - USUAL_DAYS * DAY_MS) as Instant } = moments.value;
  if (!/^\s*\d{1,3}\s*$/.test(days)) return no('Write in how many days the review is due, as a number.');
  if (!/^\s*\d{0,5}\s*$/.test(sample))
    return no('Write how many lines the sample has, as a number, or nothing for everything.');
  const due = (reading.now + Number(days) * DAY_MS) as Instant;
  const wanted = sample.trim() === '' ? {} : { wanted: Number(sample) };
  const review = { scope: scope.value, from, to, due, ...wanted };
  const refusal = orderRefusal({ title, ...review }, reading.now);
  return refusal ? no(refusal) : ok({ title: title.trim(), review });
}

/** Reads a scope in the language of the search. A scope has only keys that say something about access. */
function parseScope(
  text: string,
  { now, timeZone, known }: MomentReading & Readonly<{ known: KnownNames }>,
): Result<ReviewScope, string> {
  const search = parseSearch(text, { now, timeZone, known });
  if (!search.ok) return no(search.error.map(mistakeLine).join(' '));
  const { is, from, to } = search.value;
  const isScope = Object.keys(is).every((key) => (SCOPE_KEYS as readonly string[]).includes(key));
  if (!isScope || from || to)
    return no(`A scope can have ${SCOPE_KEYS.map((key) => `${key}:`).join(', ')} and no other key.`);
  const [unknown] = unknownValues(is, known);
  if (unknown) return no(unknownText(unknown));
  return ok(is as ReviewScope);
}

/** A name that nobody knows would make the review smaller, and nobody would notice. */
const unknownText = ({ key, value, instead }: UnknownValue): string =>
  `The policy files have no ${key === 'approver' ? 'person' : key} “${value}”.${instead === undefined ? '' : ` Did you mean ${instead}?`}`;
