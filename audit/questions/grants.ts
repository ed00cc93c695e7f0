import type { Instant } from '../../core/ids.ts';
import type { AuditQuery } from '../../ledger/index.ts';
import type { Period } from './period.ts';

const BEGINNING = 0 as Instant;
const END = Date.parse('9999-01-01T00:00:00Z') as Instant;

/** Every access that Curfew granted and that was held at some moment of the period, with who approved it and its receipt. */
export const grants = ({ from = BEGINNING, to = END }: Period = {}): AuditQuery => ({
  view: 'granted_access',
  where: [{ kind: 'during', from, to }],
});
