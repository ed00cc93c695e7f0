/** `tell` is read also when nobody tries any more, so it does not say that somebody does. */
type FaultSpec = Readonly<{ retry: boolean; tell: string }>;

/**
 * Everything that can go wrong in the machinery, in one place; docs/errors.md has an entry for each.
 * A person being refused is not a fault: that is a `Refusal`, and a value.
 */
export const FAULTS = {
  'provider-throttled': { retry: true, tell: 'The provider asked us to slow down.' },
  'provider-unavailable': { retry: true, tell: 'The provider does not answer.' },
  'provider-forbidden': {
    retry: false,
    tell: "Curfew's own credential may not do this. An operator needs to widen it.",
  },
  'provider-refused': { retry: false, tell: 'The provider refused the change.' },
  'subject-missing': { retry: false, tell: 'The account at the provider does not exist.' },
  'subject-changed': {
    retry: false,
    tell: 'The account at the provider was deleted and made again. It may be somebody else.',
  },
  'target-missing': { retry: false, tell: 'The thing asked for no longer exists at the provider.' },
  'target-managed': {
    retry: false,
    tell: 'Another system manages this membership, so a change here would not last.',
  },
  'no-room': { retry: false, tell: 'The provider has no room for one more grant on this account.' },
  'not-verified': { retry: true, tell: 'The provider accepted the change but does not show it yet.' },
  fenced: { retry: false, tell: 'The request ended before access was given. Nothing was left behind.' },
  'no-longer-allowed': { retry: false, tell: 'The policy changed since the approval and refuses this now.' },
  'unknown-provider': { retry: true, tell: 'No provider of that name is configured.' },
  'ledger-unavailable': { retry: true, tell: 'We will not grant access we cannot record.' },
} as const satisfies Record<string, FaultSpec>;

export type FaultCode = keyof typeof FAULTS;

export const isFaultCode = (text: string): text is FaultCode => Object.hasOwn(FAULTS, text);

/** What a caught value says, for a log or a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type FaultOptions = ErrorOptions & { readonly retryAfterMs?: number };

/** Machinery that failed. `retryAfterMs` is the vendor's own wish, where it stated one. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: FaultCode, detail: string, { retryAfterMs, ...options }: FaultOptions = {}) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  get retry(): boolean {
    return FAULTS[this.code].retry;
  }
}
