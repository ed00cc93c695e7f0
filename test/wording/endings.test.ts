import { describe, expect, test } from '@jest/globals';
import { terminalText } from '../../cli/terminal/phrase.ts';
import { FAULTS, type FaultCode } from '../../core/faults.ts';
import type { Ending } from '../../core/request/events.ts';
import { endingPhrase, endingSentence } from '../../wording/endings.ts';
import { bo, noon } from '../core/request/request.fixture.ts';

const REFUSED = { kind: 'grant-failed', fault: 'provider-refused' } as const;

/** Each ending as the second half of a sentence, and as a sentence of its own. */
const TABLE: readonly [Ending, string, string][] = [
  [{ kind: 'denied', by: bo }, 'denied by bo', 'Denied by bo, 2026-01-05 12:00 UTC.'],
  [{ kind: 'withdrawn', by: bo }, 'withdrawn by bo', 'Withdrawn by bo, 2026-01-05 12:00 UTC.'],
  [
    { kind: 'lapsed' },
    'lapsed, because nobody approved or denied it in time',
    'Lapsed 2026-01-05 12:00 UTC: nobody approved or denied the request in time.',
  ],
  [
    { kind: 'voided', why: 'bo left' },
    'void, because bo left',
    'Closed 2026-01-05 12:00 UTC: void, because bo left.',
  ],
  [
    REFUSED,
    'the access could not be granted (The provider refused the change)',
    'Closed 2026-01-05 12:00 UTC: the access could not be granted (The provider refused the change).',
  ],
  [
    { ...REFUSED, fault: 'provider-forbidden' },
    "the access could not be granted (Curfew's own credential lacks a permission. An operator has to add it)",
    "Closed 2026-01-05 12:00 UTC: the access could not be granted (Curfew's own credential lacks a permission. An operator has to add it).",
  ],
  [
    { ...REFUSED, why: 'github: 422' },
    'the access could not be granted (The provider refused the change: "github: 422")',
    'Closed 2026-01-05 12:00 UTC: the access could not be granted (The provider refused the change: "github: 422").',
  ],
  [
    { kind: 'grant-failed', fault: 'unknown', why: 'no text of ours' },
    'the access could not be granted',
    'Closed 2026-01-05 12:00 UTC: the access could not be granted.',
  ],
  [{ kind: 'ended', by: bo }, 'ended by bo', 'Ended by bo, 2026-01-05 12:00 UTC.'],
  [
    { kind: 'paused' } as unknown as Ending,
    'ended in a way that a newer version of Curfew recorded',
    'Closed 2026-01-05 12:00 UTC: ended in a way that a newer version of Curfew recorded.',
  ],
  [{ kind: 'expired' }, 'expired', 'Expired 2026-01-05 12:00 UTC.'],
];

describe('why a request ended', () => {
  test.each(TABLE)('%j', (ending, half, sentence) => {
    expect(terminalText(endingPhrase(ending))).toBe(half);
    expect(terminalText(endingSentence(ending, noon))).toBe(sentence);
  });
});

test.each(Object.keys(FAULTS) as FaultCode[])(
  'the text of a request that ended with %s does not say that Curfew still tries',
  (fault) => {
    const text = terminalText(endingPhrase({ kind: 'grant-failed', fault, why: 'github: 502' }));
    expect(text).toContain('github: 502');
    expect(text).not.toMatch(/trying/i);
  },
);
