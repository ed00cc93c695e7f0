import { answerPage, questionQuery } from '../../../audit/questions/index.ts';
import { parsePersonId, type PersonId } from '../../../core/ids.ts';
import type { AuditRow, RequestFacts } from '../../../ledger/index.ts';
import type { Person, RoleOfPerson, Route } from '../../../policy/index.ts';
import { maySeeAccessOf } from '../../../requests/who-may-see.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';
import { readLocksOn, type LocksOn } from './locks.tsx';
import { readUngranted, type UngrantedAccess } from './ungranted.tsx';

/** A person: who they are, what they have and had, what they may request, and what they approved. */
export type PersonAnswer = Readonly<{
  id: PersonId;
  /** Undefined for somebody who left people.yaml. */
  person: Person | undefined;
  open: readonly RequestFacts[];
  openCount: number;
  closed: readonly RequestFacts[];
  closedCount: number;
  /** What keeps them from getting access. */
  locks: LocksOn;
  /** What they have that Curfew did not grant. */
  ungranted: UngrantedAccess;
  /** The roles of Curfew that they have now. */
  roles: readonly RoleOfPerson[];
  /** What they may request: a part of it, after the first `from`. */
  routes: Readonly<{ from: number; shown: readonly Route[]; count: number }>;
  /** False while the policy files cannot be read: then there are no routes. */
  isPolicyRead: boolean;
  /** Whether the reader may end everything of the person. */
  mayEndAll: boolean;
  /** Undefined for a reader who may not see them. They are about requests of others. */
  approvals: readonly AuditRow[] | undefined;
}>;

const MOST = 50;
/** So many entitlements are on one page. Somebody may request hundreds, and the page must stay small. */
export const MOST_ROUTES = 25;

/** The person, when the reader may see what they hold. Undefined else, and when nobody knows them. */
export async function readPerson(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { sight, person: reader }: Pick<Reader, 'sight' | 'person'>,
  { typed, from }: Readonly<{ typed: string; from: number }>,
): Promise<PersonAnswer | undefined> {
  const id = parsePersonId(typed);
  if (!id.ok || !maySeeAccessOf(sight, id.value)) return undefined;
  const part = { from: 0, most: MOST };
  const person = (await policy.lastKnown())?.directory.people.get(id.value);
  const [open, closed, locks, ungranted, roles, routes, may, approvals] = await Promise.all([
    ledger.openRequestsOf(id.value, part),
    ledger.closedRequestsOf(id.value, part),
    readLocksOn({ ledger, policy }, { person: reader }, id.value),
    readUngranted({ ledger, policy }, id.value),
    policy.rolesOf(id.value),
    policy.routesOf(id.value),
    policy.mayEndAll(reader, { kind: 'person', person: id.value }),
    sight.isAuditor || id.value === reader
      ? answerPage(ledger, questionQuery('approvals', { person: id.value }), {
          most: MOST,
          newestFirst: true,
        })
      : undefined,
  ]);
  if (!person && open.count + closed.count === 0 && !approvals?.rows.length) return undefined;
  const facts = new Map(
    (await ledger.requestFacts([...open.requests, ...closed.requests])).map((each) => [each.id, each]),
  );
  return {
    ...{ id: id.value, person, locks, ungranted, roles, approvals: approvals?.rows, mayEndAll: may.ok },
    routes: { from, shown: routes.slice(from, from + MOST_ROUTES), count: routes.length },
    openCount: open.count,
    open: open.requests.flatMap((request) => facts.get(request) ?? []),
    closed: closed.requests.flatMap((request) => facts.get(request) ?? []),
    closedCount: closed.count,
    isPolicyRead: (await policy.problem()) === undefined,
  };
}
