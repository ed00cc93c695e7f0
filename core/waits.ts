type Wait = Readonly<{ ms: number; within?: string; what: string }>;

/**
 * Every wait for another system, in milliseconds. `within` names the wait that contains it, which must be longer: else
 * the outer one ends first, and nobody learns what the inner one would have said.
 */
export const WAITS = {
  providerActivity: { ms: 30_000, what: 'Temporal waits for one attempt to grant or to revoke.' },
  heartbeat: {
    ms: 10_000,
    within: 'providerActivity',
    what: 'Temporal waits for a sign of life of that attempt.',
  },
  attempt: { ms: 25_000, within: 'providerActivity', what: 'One attempt to grant, to revoke or to verify.' },
  underLock: {
    ms: 28_000,
    within: 'providerActivity',
    what: 'The work under the lock of an access, whatever its provider does.',
  },
  providerLock: { ms: 12_000, within: 'attempt', what: 'An attempt waits for the lock of its access.' },
  vendorCall: { ms: 10_000, within: 'attempt', what: 'The web API of a vendor answers one call.' },
  vendorConnection: {
    ms: 3_000,
    within: 'vendorCall',
    what: 'The web API of a vendor accepts the connection.',
  },
  targetStatement: {
    ms: 20_000,
    within: 'attempt',
    what: 'A database that people can request runs one statement.',
  },
  targetConnection: { ms: 5_000, within: 'targetStatement', what: 'Such a database accepts the connection.' },
  ledgerActivity: { ms: 30_000, what: 'Temporal waits for one look at the ledger, which is tried again.' },
  quickLook: { ms: 2_000, within: 'ledgerActivity', what: 'A look at the ledger inside a workflow task.' },
  ledgerAnswer: {
    ms: 12_000,
    within: 'attempt',
    what: 'The ledger answers one statement, over the network.',
  },
  ledgerStatement: { ms: 10_000, within: 'ledgerAnswer', what: 'The ledger runs one statement.' },
  ledgerRow: { ms: 5_000, within: 'ledgerStatement', what: 'A statement waits for a row that is locked.' },
  ledgerConnection: {
    ms: 5_000,
    within: 'ledgerAnswer',
    what: 'The ledger accepts a connection, or one is free.',
  },
  auditAnswer: { ms: 310_000, what: 'The ledger answers one page of a question of an auditor.' },
  auditStatement: {
    ms: 300_000,
    within: 'auditAnswer',
    what: 'The ledger runs the statement of such a page.',
  },
  consoleStatement: {
    ms: 4_000,
    within: 'ledgerAnswer',
    what: 'The ledger runs one statement of a page of the console.',
  },
  consoleRow: {
    ms: 2_000,
    within: 'consoleStatement',
    what: 'A statement of the console waits for a row or a table that is locked.',
  },
  hint: {
    ms: 1_000,
    what: 'The server of the ledger accepts a connection for hints, or one hint. Nothing is lost without it.',
  },
  reachConnection: {
    ms: 3_000,
    within: 'attempt',
    what: 'A new connection, to find out whether the ledger is unavailable.',
  },
  reachAnswer: { ms: 3_000, within: 'attempt', what: 'The answer over that connection.' },
  manifestAnswer: {
    ms: 5_000,
    within: 'attempt',
    what: 'The folder or the bucket of the manifest answers one call.',
  },
  manifestReading: {
    ms: 15_000,
    within: 'attempt',
    what: 'The whole manifest is read. What was read before is not read again.',
  },
  publishedApproval: {
    ms: 3_000,
    within: 'attempt',
    what: 'The sequencer publishes the checkpoint that covers an approval.',
  },
  copyCovered: { ms: 60_000, what: 'A published checkpoint covers the order of a copy of the log.' },
  logPlace: { ms: 10_000, what: 'A place takes a checkpoint of the log, with its files. It is sent again.' },
  logClone: { ms: 120_000, what: 'A git repository with the log is read, and its clone is made again.' },
  reaperPass: { ms: 55_000, what: 'One pass of the reaper.' },
  reaperAttempt: { ms: 25_000, within: 'reaperPass', what: 'One attempt of the reaper to end one access.' },
  reaperReading: {
    ms: 15_000,
    within: 'reaperPass',
    what: 'The reaper reads the manifest, or lists the objects at one provider.',
  },
  reaperClock: { ms: 5_000, within: 'reaperPass', what: 'The reaper reads the clock of one provider.' },
  temporalCall: { ms: 10_000, what: 'Temporal accepts one message. It is sent again.' },
  clickDecision: { ms: 10_000, what: 'A worker decides a click while its person waits for the answer.' },
  slackCall: { ms: 10_000, what: 'Slack answers one call. It is sent again.' },
} as const satisfies Readonly<Record<string, Wait>>;
