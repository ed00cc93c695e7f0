/** The state of one access, read from the vendor's own objects. Instants are milliseconds since 1970. */
export type AccessState = Readonly<
  /** The access works now. `until` is set when the vendor itself stores the end. */
  | { kind: 'open'; until?: number }
  /** The vendor refuses the access since `at`. The object still exists. */
  | { kind: 'ended'; at: number }
  /** The person was invited and has not accepted yet. */
  | { kind: 'waiting'; text: string }
  /** The vendor's object exists but is disabled. */
  | { kind: 'disabled'; text: string }
  /**
   * An earlier reading had this row and the last one does not. Only `mergeReading` sets this kind, never a
   * reader.
   */
  | { kind: 'gone'; at: number }
>;

export type AccessRow = Readonly<{
  /** The same access has the same id in every reading. */
  id: string;
  who: string;
  what: string;
  state: AccessState;
  detail?: string;
}>;
