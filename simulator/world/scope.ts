import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Something that runs: a process of Curfew, a workflow in Temporal, a person. Whatever it starts belongs to it. Once it is dead, none
 * of its timers fires and none of its calls is answered, so nothing of it goes on. While it is frozen, its timers wait.
 */
export type Scope = ScopeOptions & Readonly<{ name: string }> & { isDead: boolean; frozenUntil: number };

/** `skewMs`: how far its clock is ahead. `isSpared`: no fault kills or freezes it. */
type ScopeOptions = Readonly<{ skewMs: number; isSpared: boolean }>;

const scopes = new AsyncLocalStorage<Scope>();

export const newScope = (
  name: string,
  { skewMs = 0, isSpared = false }: Partial<ScopeOptions> = {},
): Scope => ({
  name,
  skewMs,
  isSpared,
  isDead: false,
  frozenUntil: 0,
});

/** Nobody in particular: the world itself. It never dies. */
export const WORLD: Scope = newScope('world');

export const currentScope = (): Scope => scopes.getStore() ?? WORLD;

export const runIn = <T>(scope: Scope, work: () => T): T => scopes.run(scope, work);
