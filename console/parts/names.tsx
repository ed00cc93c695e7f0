import type { FC } from 'hono/jsx';
import type { PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';

/** How people and entitlements are called, by their ids. */
export type Names = Readonly<{
  person: (id: PersonId) => string;
  entitlement: (id: string) => string;
}>;

export const personPath = (id: string): string => `/people/${encodeURIComponent(id)}`;
export const entitlementPath = (id: string): string => `/entitlements/${encodeURIComponent(id)}`;
export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;
export const providerPath = (id: string): string => `/providers/${encodeURIComponent(id)}`;

/** A person by name. */
export const Person: FC<Readonly<{ id: PersonId; names: Names }>> = ({ id, names }) => (
  <a href={personPath(id)}>{oneLine(names.person(id))}</a>
);

export const Entitlement: FC<Readonly<{ id: string; names: Names }>> = ({ id, names }) => (
  <a href={entitlementPath(id)}>{oneLine(names.entitlement(id))}</a>
);

/** A provider by its name. Only auditors have a page for it. */
export const Provider: FC<Readonly<{ id: string; isLink: boolean }>> = ({ id, isLink }) =>
  isLink ? <a href={providerPath(id)}>{oneLine(id)}</a> : <>{oneLine(id)}</>;

/** How many characters of an id are shown. The command line finds a request by as many. */
const SHOWN_OF_ID = 8;

/** The end of the id of a request, which links to it. The whole id is one click away. */
export const RequestLink: FC<Readonly<{ id: string }>> = ({ id }) => (
  <a class="id" href={requestPath(id)}>
    {id.slice(-SHOWN_OF_ID)}
  </a>
);
