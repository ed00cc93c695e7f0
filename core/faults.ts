/**
 * `retry`: whether a later attempt can succeed. `text` is for people. They also read it after the last attempt, so it
 * must not say that Curfew tries again.
 */
type FaultSpec = Readonly<{ retry: boolean; text: string }>;

/**
 * Every fault: the ways in which a system fails. docs/errors.md has an entry for each. A person who is refused is
 * not a fault but a `Refusal`, which is a value.
 */
export const FAULTS = {
  'provider-throttled': { retry: true, text: 'The provider limits the rate of our calls.' },
  'provider-unavailable': { retry: true, text: 'The provider does not answer.' },
  'provider-forbidden': {
    retry: false,
    text: "Curfew's own credential lacks a permission. An operator has to add it.",
  },
  'provider-refused': { retry: false, text: 'The provider refused the change.' },
  'subject-missing': { retry: false, text: 'The account does not exist at the provider.' },
  'subject-changed': {
    retry: false,
    text: 'The account was deleted and created again at the provider. It may belong to somebody else.',
  },
  'target-missing': { retry: false, text: 'The target no longer exists at the provider.' },
  'target-managed': {
    retry: false,
    text: 'Another system manages this membership, so a change by Curfew would not last.',
  },
  'no-room': {
    retry: false,
    text: 'A limit of the provider is reached: this account cannot get another grant.',
  },
  'not-verified': { retry: true, text: 'The provider accepted the change but does not show it yet.' },
  'awaiting-person': {
    retry: true,
    text: 'The person must do something at the provider first, such as accept an invitation.',
  },
  superseded: { retry: false, text: 'The request ended before the access was granted. No access is left.' },
  'lock-lost': {
    retry: true,
    text: 'The change took so long that another process took it over.',
  },
  'clocks-differ': {
    retry: true,
    text: 'The clocks of two machines differ by more than 2 s, so the end of an access would be wrong. An operator has to set them right.',
  },
  'no-longer-allowed': { retry: false, text: 'The policy changed after the approval and refuses this now.' },
  'not-tried': {
    retry: true,
    text: 'No attempt to give this access is known. The part of Curfew that grants at this provider, or Temporal, may not run.',
  },
  'unknown-provider': { retry: true, text: 'No provider of that name is configured.' },
  'manifest-missing': {
    retry: false,
    text: 'Only Curfew ends this access, and no manifest is configured. So nothing else could end it, and it is not granted. The operator has to set CURFEW_MANIFEST.',
  },
  'manifest-unavailable': {
    retry: true,
    text: 'The manifest cannot be written. Only Curfew ends this access, so it is not granted while nothing outside the ledger would know when it ends.',
  },
  quarantine: {
    retry: true,
    text: 'The ledger was restored from an older state. Nothing is granted until a security person has seen what it lost and ends the quarantine.',
  },
  'log-missing': {
    retry: false,
    text: 'This process cannot check whether the approval was published in the log, so it grants nothing. The operator has to set CURFEW_LOG_NAME and its keys.',
  },
  'log-behind': {
    retry: true,
    text: 'The approval is not in a published checkpoint of the log yet. Nothing is granted before it is.',
  },
  'log-altered': {
    retry: false,
    text: 'The approval in the ledger is not the one that was published in the log. Somebody changed the database by hand, and nothing is granted on it.',
  },
  'ledger-unavailable': {
    retry: true,
    text: 'The ledger does not answer, and Curfew grants nothing that it cannot record.',
  },
} as const satisfies Record<string, FaultSpec>;

export type FaultCode = keyof typeof FAULTS;

export const isFaultCode = (text: string): text is FaultCode => Object.hasOwn(FAULTS, text);

const TRANSIENT: readonly FaultCode[] = ['provider-unavailable', 'provider-throttled', 'ledger-unavailable'];

/**
 * True when a network or a server does not work for some time. Such a fault does not tell whether the change itself
 * is possible.
 */
export const isTransient = (fault: FaultCode): boolean => TRANSIENT.includes(fault);

/** The message of a caught value, for a log or a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type FaultOptions = ErrorOptions & { readonly retryAfterMs?: number };

/**
 * A failure of a system. `retryAfterMs` is the wait that the vendor stated, in milliseconds. `server`: the server that failed, of a provider that has
 * several.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly server?: string;
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

/** The ledger answers, and it ended a statement that took longer than it may. A question about less may be answered. */
export class StatementTooLong extends Fault {
  constructor(detail: string, options: ErrorOptions) {
    super('ledger-unavailable', detail, options);
  }
}
