import type { FC } from 'hono/jsx';
import { oneLine } from '../../core/text.ts';
import type { RoleOfPerson } from '../../policy/index.ts';
import { type Names, Person as PersonLink, RequestLink } from '../parts/names.tsx';
import { Time } from '../parts/time.tsx';
import type { PersonAnswer } from './person/read-person.ts';

/** Who a person is, and which roles of Curfew they have. */
export const PersonFacts: FC<Readonly<{ answer: PersonAnswer; names: Names; zone: string }>> = ({
  answer: { id, person, roles },
  names,
  zone,
}) => (
  <dl class="facts">
    <dt>Id</dt>
    <dd>
      <code>{id}</code>
    </dd>
    {person === undefined ? (
      <>
        <dt>Person</dt>
        <dd>Not in people.yaml any more.</dd>
      </>
    ) : (
      <>
        {person.title !== undefined && (
          <>
            <dt>Title</dt>
            <dd>{oneLine(person.title)}</dd>
          </>
        )}
        {person.manager !== undefined && (
          <>
            <dt>Manager</dt>
            <dd>
              <PersonLink id={person.manager} names={names} />
            </dd>
          </>
        )}
        <dt>Accounts</dt>
        <dd>
          {Object.entries(person.accounts).map(([system, accounts]) => (
            <div>
              {oneLine(system)}: {accounts.map(oneLine).join(', ')}
            </div>
          ))}
        </dd>
        {roles.length > 0 && (
          <>
            <dt>Roles of Curfew</dt>
            <dd>
              {roles.map((each) => (
                <RoleOf {...{ ...each, zone }} />
              ))}
            </dd>
          </>
        )}
        {!person.active && (
          <>
            <dt>State</dt>
            <dd>Left. They can neither request nor approve.</dd>
          </>
        )}
      </>
    )}
  </dl>
);

const RoleOf: FC<RoleOfPerson & Readonly<{ zone: string }>> = ({ role, by, zone }) =>
  by === 'catalogue' ? (
    <div>{role}, permanently by catalogue.yaml</div>
  ) : (
    <div>
      {role}, until <Time at={by.until} zone={zone} /> by <RequestLink id={by.request} />
    </div>
  );
