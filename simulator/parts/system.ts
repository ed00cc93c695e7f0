import type { Card } from '../world/facts.ts';

/** What somebody does. */
export type Doing = Readonly<
  { by: string } & (
    | { kind: 'request'; entitlement: string; minutes: number }
    | { kind: 'extend'; request: string; minutes: number }
    | { kind: 'approve' | 'deny' | 'withdraw' | 'end'; request: string; digest: string }
  )
>;

/** A click of a person. `source` is the channel's own id of it: the same one again is a redelivery. `form` names the form of a request. */
export type Action = Doing & Readonly<{ source: string; form: string }>;

/** A bot as people see it. What it shows arrives at the function that it was started with. */
export type System = Readonly<{
  /** Resolves when the bot acknowledged the click. Rejects when the person saw an error. */
  act(action: Action): Promise<void>;
}>;

export type Tell = (card: Card) => void;
