import type { Instant, PersonId } from './ids.ts';

/**
 * What goes on at a provider after Curfew ended access there. `session`: one that was open at the end can continue, until `until` or, when that is null,
 * for as long as it stays open. `cut-off`: a provider refuses what it would otherwise allow, until a person undoes it there. `denied`: the same,
 * for access that is requested or granted after everything of the person was ended. `standing`: access of
 * the person that Curfew did not grant, which nothing of this ends.
 */
export type Elsewhere = Readonly<
  | { kind: 'session'; provider: string; until: Instant | null }
  | { kind: 'cut-off'; provider: string; seen: string; toUndo: readonly string[] }
  | { kind: 'denied'; provider: string; toUndo: readonly string[] }
  | { kind: 'standing'; person: PersonId }
>;
