/** How an access stands at the vendor, as the vendor's own objects tell it. Instants are milliseconds. */
export type WorldState = Readonly<
  /** It works now. `until` is there when the vendor itself knows the end. */
  | { kind: 'open'; until?: number }
  /** The vendor refuses it since `at`, though the object is still there. */
  | { kind: 'over'; at: number }
  /** Offered, not taken yet. */
  | { kind: 'waiting'; words: string }
  /** Shut at the vendor, before any end. */
  | { kind: 'shut'; words: string }
  /** It was there before and is not any more; only the world says this, never a reader. */
  | { kind: 'gone'; at: number }
>;

export type WorldRow = Readonly<{
  /** Stable between two readings. */
  id: string;
  who: string;
  what: string;
  state: WorldState;
  detail?: string;
}>;
