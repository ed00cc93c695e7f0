/** What a target gives, in the words of its provider. Approvers and the holder of the access read it. */
export type Description = Readonly<{
  /** What the target is: a short noun phrase in plain words, which speaks to nobody in particular. */
  plain: string;
  /** The exact permissions behind these words, as the vendor spells them. */
  permissions: readonly string[];
  /** What a person with this access can leave behind or keep. Only approvers and auditors read it. */
  cautions: readonly string[];
  /** What else happens when the access ends, besides that it is gone. Everybody reads it, so it says neither "you" nor "the person". */
  atEnd: readonly string[];
  /** True when the access can give its holder more access, or access that stays, and when that is not known. */
  widens: boolean;
}>;

/** A target as a request shows it. It is stored with the request, so it is plain JSON. */
export type DescribedTarget = Description &
  Readonly<{
    level: string;
    enforcement: EnforcementClass;
    /** How long a session can continue that is open when the access ends, in milliseconds. Null: as long as it stays open. */
    residualMs: number | null;
  }>;

/** A target as the ledger has it. Version 0.1 stored no cautions, nothing about the end, and not whether the access can widen itself. */
export type StoredTarget = Omit<DescribedTarget, 'cautions' | 'atEnd' | 'widens'> & Partial<DescribedTarget>;

/** What a reader is shown of a stored target. What is not known of an older one counts as access that can widen itself. */
export const describedTarget = (stored: StoredTarget): DescribedTarget => ({
  cautions: [],
  atEnd: [],
  widens: true,
  ...stored,
});

/** What a provider reads from the spec of a target in the catalogue. */
export type ParsedTarget = Readonly<{
  /** Equal for all spellings of one target. Changes with the same key wait for each other. */
  lockKey: string;
  level: string;
  /** True when each lease creates an object of its own, which no other lease uses. */
  ownObject: boolean;
  /** True when a lease comes with its own credential, so that the person needs no account at the vendor. */
  accountless: boolean;
  described: DescribedTarget;
}>;

/**
 * Who enforces the end of a lease. A: the vendor checks the end at every call. B: the credential itself
 * expires. C: only Curfew revokes the access.
 */
export type EnforcementClass = 'A' | 'B' | 'C';

/**
 * The key of the lock for everything that changes one account at one target. Two spellings of an account that differ in
 * upper and lower case have one lock, because most vendors take them for one account (T47).
 */
export const lockKeyOf = ({
  provider,
  lockKey,
  account,
}: Pick<RequestedTarget, 'provider' | 'lockKey' | 'account'>): string =>
  `${provider}\n${lockKey}\n${account.toLowerCase()}`;

/** One target of a request, as it was approved. It is a copy, so a later edit of the catalogue does not change it. */
export type RequestedTarget = Readonly<{
  provider: string;
  /** The person's account at that provider. */
  account: string;
  /** The target as the catalogue describes it. Only the provider reads it. */
  spec: unknown;
  lockKey: string;
  level: string;
  ownObject: boolean;
}>;
