/** What a provider makes of a catalogue's words for a target. */
export type ParsedTarget = Readonly<{
  /** Equal for the spellings of one target by one name: where changes to it wait for each other. */
  lockKey: string;
  level: string;
  /** True when a lease here makes an object of its own, which it shares with no other lease. */
  ownObject: boolean;
  /** True when a lease here brings its own credential, so that the person needs no account at the vendor. */
  accountless: boolean;
}>;

/** One target of a request, as it was approved: copied from the catalogue, so that a later edit changes nothing. */
export type RequestedTarget = Readonly<{
  provider: string;
  /** The person's account at that provider. */
  account: string;
  /** The catalogue's own words for the target; only the provider reads them. */
  spec: unknown;
  lockKey: string;
  level: string;
  ownObject: boolean;
}>;
