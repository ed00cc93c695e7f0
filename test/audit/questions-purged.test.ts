import { expect, test } from '@jest/globals';
import { reachesBefore } from '../../audit/questions/purged.ts';
import type { Instant } from '../../core/ids.ts';
import type { AuditView } from '../../ledger/index.ts';

const NEVER: readonly AuditView[] = [
  ...(['purge', 'reading', 'finding', 'finding_decision'] as const),
  ...(['review', 'review_line', 'review_decision'] as const),
];

test.each(NEVER)('a purge removes nothing from the answers about %s', (view) => {
  expect(reachesBefore({ view, where: [] }, 1 as Instant)).toBe(false);
});

test.each(['access', 'approval', 'granted_access', 'overstay'] as const)(
  'a purge removes rows from the answers about %s',
  (view) => {
    expect(reachesBefore({ view, where: [] }, 1 as Instant)).toBe(true);
  },
);
