/** What can go wrong for a time. Outside of such a time, and after the last one, everything works. */
export const WINDOWS = [
  'ledger-away', // F04, F23
  'temporal-away', // F06
  'processes-killed', // F01, F02, F03
  'processes-frozen', // F16, F23: they lose their locks, and go on later
  'vendor-throttles', // F11
  'vendor-fails', // F12
  'answers-lost', // F13
  'writes-ignored', // F14
  'writes-late', // F41
  'slow', // F23
  'credential-refused', // F33
] as const;
export type WindowKind = (typeof WINDOWS)[number];

/** From `from` (inclusive) to `to` (exclusive), in milliseconds since the beginning of the seed. */
export type FaultWindow = Readonly<{ kind: WindowKind; from: number; to: number }>;

/** What happens once. */
export type Incident = Readonly<
  { at: number } & (
    | { kind: 'workflows-terminated' } // F08
    | { kind: 'failover'; losesMs: number } // F05
    | { kind: 'ledger-clock-steps'; byMs: number } // F22
    | { kind: 'by-hand'; account: string; resource: string; level: 'none' | 'read' | 'write' | 'admin' } // F24, F25
    | { kind: 'account-renamed'; account: string; isInPolicy: boolean } // F24
    | { kind: 'account-created-again'; account: string } // F24
    | { kind: 'target-created-again'; resource: string; afterMs: number } // F24
    | { kind: 'target-gone'; resource: string } // F32
    | { kind: 'approver-leaves' | 'requester-leaves' | 'policy-narrows' } // F27, F29
  )
>;

/** What a seed is about. Other things go wrong in it too, but for a calm one, where the narrowest bounds hold. */
export const THEMES = [
  ...WINDOWS,
  'calm',
  'termination',
  'failover',
  'by-hand',
  'names',
  'policy',
  'clocks',
  'overlap', // F26: one person has several leases of one access
  'restore', // F37
] as const;
export type Theme = (typeof THEMES)[number];
