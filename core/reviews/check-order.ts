import type { Instant } from '../ids.ts';
import { isBlank } from '../text.ts';
import type { ReviewRefusal } from './decide-line.ts';
import { REVIEW_LIMITS as LIMITS } from './limits.ts';
import { type ReviewOrder, SCOPE_KEYS } from './review.ts';

const DAY_MS = 86_400_000;
/** What an id of a person, an entitlement or a provider can be. */
const ID = /^[a-z][a-z0-9_-]{0,62}$/;

/** Why a review cannot be opened as it was ordered; undefined when it can. */
export function orderRefusal(
  { title, scope, from, to, due, wanted }: ReviewOrder & Readonly<{ title: string }>,
  now: Instant,
): ReviewRefusal | undefined {
  const wrong = (why: string): ReviewRefusal => ({ code: 'review-not-opened', why });
  if (isBlank(title)) return { code: 'review-title-missing' };
  if ([...title].length > LIMITS.titleLength)
    return wrong(`the title can have at most ${LIMITS.titleLength} characters`);
  if (!(from < to)) return wrong('the beginning of the period must be before its end');
  if (!(to <= now)) return wrong('the period must be over, because what comes later cannot be reviewed yet');
  if (!(due > now)) return wrong('the day until which it is due must be in the future');
  if (!(due <= now + LIMITS.days * DAY_MS)) return wrong(`it can be open for at most ${LIMITS.days} days`);
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= LIMITS.lines))
    return wrong(`a sample has 1 to ${LIMITS.lines} lines`);
  const isKnown = Object.entries(scope).every(
    ([key, ids]) =>
      (SCOPE_KEYS as readonly string[]).includes(key) &&
      Array.isArray(ids) &&
      ids.length >= 1 &&
      ids.length <= LIMITS.scopeValues &&
      ids.every((id) => ID.test(id)),
  );
  return isKnown ? undefined : wrong('its scope cannot be read');
}
