/**
 * The duties of the parts of Curfew. Each has a role in Postgres with exactly its rights, which the migration makes. The
 * owner of the tables is whoever migrated, and no part acts as the owner.
 */
export const LEDGER_ROLES = [
  'gateway',
  'worker',
  'provider',
  'sweeper',
  'courier',
  'reader',
  'cli',
  'sequencer',
  'streamer',
  'console',
] as const;
export type LedgerRole = (typeof LEDGER_ROLES)[number];

/** The name of a duty's role in Postgres. */
export const roleName = (role: LedgerRole): string => `curfew_${role}`;

/** `pool` runs statements. `listeners` wait for hints. `probes` find out whether the ledger is unavailable. */
type Connections = Readonly<{ pool: number; listeners: number; probes: number }>;

/** Hints of all duties of a process are sent over one connection. */
export const HINT_CONNECTIONS = 1;

/**
 * The most connections of each duty in one process. A process that does everything opens at most 48 together, so
 * that two of them and their administrators fit into the 100 that Postgres allows by default. No connection stays open
 * during a call of a provider.
 */
export const CONNECTIONS = {
  gateway: { pool: 6, listeners: 2, probes: 0 }, // two queues of clicks whose account must be checked
  worker: { pool: 7, listeners: 4, probes: 0 }, // three queues of clicks, and the wake-ups
  provider: { pool: 8, listeners: 0, probes: 1 },
  sweeper: { pool: 5, listeners: 0, probes: 1 },
  courier: { pool: 3, listeners: 4, probes: 0 }, // news, redraws, messages that were deferred, and findings
  reader: { pool: 1, listeners: 0, probes: 0 }, // for tools of an operator, in no process of ours
  cli: { pool: 2, listeners: 0, probes: 0 }, // a process of its own
  sequencer: { pool: 2, listeners: 1, probes: 0 },
  streamer: { pool: 1, listeners: 0, probes: 0 },
  console: { pool: 2, listeners: 0, probes: 0 },
} as const satisfies Readonly<Record<LedgerRole, Connections>>;
