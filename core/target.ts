/** A target as its provider describes it to an approver. It is stored with the request, so it is plain JSON. */
export type DescribedTarget = Readonly<{
  /** What the target is, in plain words. */
  plain: string;
  /** The exact permissions behind these words. */
  permissions: readonly string[];
  level: string;
  enforcement: EnforcementClass;
  /** How long a session can continue that is open when the access ends, in milliseconds. Null: as long as it stays open. */
  residualMs: number | null;
  /** The access lets the person give more access to themselves or to others. Left out when it does not. */
  widens?: true;
}>;

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
