import type { Instant } from '../../../core/ids.ts';
import type { KnownNames, SearchContext } from '../../../audit/search/index.ts';

export const NOW = Date.parse('2026-11-29T10:00:00.000Z') as Instant;

export const KNOWN: KnownNames = {
  person: [
    { id: 'ana', names: ['Ana Silva'] },
    { id: 'bo', names: ['Bo "the second" Lind'] },
    { id: 'cy', names: ['Sam Lee'] },
    { id: 'dee', names: ['Sam Lee'] },
    { id: 'fake', names: ['Fá Ke'] },
  ],
  entitlement: [
    { id: 'orders-db', names: ['Orders database, read only', 'orders'] },
    { id: 'aws-admins', names: ['AWS administrators'] },
  ],
  provider: [
    { id: 'github', names: [] },
    { id: 'fake', names: [] },
  ],
};

export const CONTEXT: SearchContext = { now: NOW, timeZone: 'Europe/Lisbon', known: KNOWN };
