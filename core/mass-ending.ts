import {
  clickIdOfMassEnding,
  clickIdOfRequest,
  type Instant,
  type MassEndingId,
  type PersonId,
  type RequestId,
} from './ids.ts';

/**
 * What is ended at once. `leavers`: the requests of these people, who left. A request is in the scope of a provider when one of its
 * targets is there, and it is ended as a whole.
 */
export type EndScope = Readonly<
  | { kind: 'person'; person: PersonId }
  | { kind: 'entitlement'; entitlement: string }
  | { kind: 'provider'; provider: string }
  | { kind: 'everything' }
  | { kind: 'leavers'; people: readonly PersonId[] }
>;

/** What decides whether a request is in a scope. `providers`: where its targets are. */
export type RequestForScope = Readonly<{
  requester: PersonId;
  entitlement: string;
  providers: readonly string[];
}>;

export function isInScope(scope: EndScope, { requester, entitlement, providers }: RequestForScope): boolean {
  switch (scope.kind) {
    case 'person':
      return scope.person === requester;
    case 'entitlement':
      return scope.entitlement === entitlement;
    case 'provider':
      return providers.includes(scope.provider);
    case 'everything':
      return true;
    case 'leavers':
      return scope.people.includes(requester);
  }
}

/** True when a request was made before a mass ending: both ids begin with the time of their click, and sort by it. */
export const isBefore = (request: RequestId, massEnding: MassEndingId): boolean =>
  clickIdOfRequest(request) <= clickIdOfMassEnding(massEnding);

/** True where a person ends only what is their own. That needs no policy, because ending access must not wait for it (I14). */
export const isOwn = (scope: EndScope, by: PersonId | null): boolean =>
  scope.kind === 'person' && scope.person === by;

/**
 * One time that somebody ended everything of a scope. `lock`: nothing is granted in the scope until `needs` people lifted it. Without
 * a lock, only what was requested until `at` is ended.
 */
export type MassEnding = Readonly<{
  id: MassEndingId;
  scope: EndScope;
  by: PersonId;
  reason: string;
  at: Instant;
  lock?: Readonly<{ needs: number; liftedBy: readonly PersonId[] }>;
}>;

/** True while nothing may be granted in the scope of the mass ending. */
export const isLocked = ({ lock }: Pick<MassEnding, 'lock'>): boolean =>
  lock !== undefined && lock.liftedBy.length < lock.needs;

/** The ending of a request that was in the scope. `why` is the reason of the person. */
export type MassEndedEnding = Readonly<{
  kind: 'mass-ended';
  by: PersonId;
  scope: EndScope;
  massEnding: MassEndingId;
  why: string;
}>;

/** How a request ends that is in the scope. */
export const endingOf = ({ id, scope, by, reason }: Omit<MassEnding, 'at' | 'lock'>): MassEndedEnding => ({
  kind: 'mass-ended',
  by,
  scope,
  massEnding: id,
  why: reason,
});
