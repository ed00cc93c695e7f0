import type { FC } from 'hono/jsx';
import type { PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import { usePage } from '../page-context.ts';

export const personPath = (id: string): string => `/people/${encodeURIComponent(id)}`;
export const entitlementPath = (id: string): string => `/entitlements/${encodeURIComponent(id)}`;
export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;
export const providerPath = (id: string): string => `/providers/${encodeURIComponent(id)}`;

/** A person by name. */
export const Person: FC<Readonly<{ id: PersonId }>> = ({ id }) => (
  <a href={personPath(id)}>{oneLine(usePage().names.person(id))}</a>
);

/** People by name, with commas between them. */
export const People: FC<Readonly<{ ids: readonly PersonId[] }>> = ({ ids }) => (
  <>
    {[...new Set(ids)].map((id, index) => (
      <>
        {index === 0 ? '' : ', '}
        <Person id={id} />
      </>
    ))}
  </>
);

/** An entitlement by its name. `title`: the name that it had for the approvers, whatever the catalogue says now. */
export const Entitlement: FC<Readonly<{ id: string; title?: string }>> = ({ id, title }) => (
  <a href={entitlementPath(id)}>{oneLine(title ?? usePage().names.entitlement(id))}</a>
);

/** A provider by its name. Only auditors have a page for it. */
export const Provider: FC<Readonly<{ id: string }>> = ({ id }) =>
  usePage().reader.sight.isAuditor ? <a href={providerPath(id)}>{oneLine(id)}</a> : <>{oneLine(id)}</>;

/** How many characters of an id are shown. The command line finds a request by as many. */
const SHOWN_OF_ID = 8;

/** The end of the id of a request, which links to it. The whole id is one click away. */
export const RequestLink: FC<Readonly<{ id: string }>> = ({ id }) => (
  <a class="id" href={requestPath(id)}>
    {id.slice(-SHOWN_OF_ID)}
  </a>
);
