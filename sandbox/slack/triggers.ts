/** Trigger ids. With one, the app can open one modal for one person within three seconds. */
import { randomBytes } from 'node:crypto';
import { no, ok, type Result } from '../../core/result.ts';

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

export interface Triggers {
  issue(person: string): string;
  /**
   * Uses the trigger and returns its person. The trigger is used even if the caller refuses the view
   * afterwards.
   */
  exchange(id: unknown): Result<string, TriggerError>;
}

/**
 * For this many milliseconds, a used or expired id gets an error of its own instead of `invalid_trigger_id`.
 */
const REMEMBERED = 10 * 60_000;

export function createTriggers(now: () => number, life: number): Triggers {
  const issued = new Map<string, Readonly<{ person: string; at: number; spent: boolean }>>();
  return {
    issue(person) {
      for (const [id, { at }] of issued) if (now() - at > REMEMBERED) issued.delete(id);
      const id = `${Math.floor(now())}.${issued.size}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { person, at: now(), spent: false });
      return id;
    },
    exchange(id) {
      const found = typeof id === 'string' ? issued.get(id) : undefined;
      if (typeof id !== 'string' || found === undefined) return no('invalid_trigger_id');
      if (found.spent) return no('exchanged_trigger_id');
      if (now() - found.at > life) return no('expired_trigger_id');
      issued.set(id, { ...found, spent: true });
      return ok(found.person);
    },
  };
}
