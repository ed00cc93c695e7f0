import type { FC } from 'hono/jsx';
import { Avatar } from '../../slack/page/avatar.tsx';
import { clock } from '../../slack/page/dates.ts';
import { safeText } from '../../slack/page/inert.ts';
import type { Account } from '../accounts.ts';
import type { Client } from '../client.ts';
import { Document } from './document.tsx';

type ChooseProps = {
  client: Client;
  people: readonly Account[];
  /** The subject of the person who is signed in already, when the client asks again. */
  current: string | undefined;
  /** Where the choice is sent. */
  path: string;
  /** Milliseconds since 1970. */
  now: number;
};

/** The page on which a person chooses who they are. Each person is a button of one form. */
export const Choose: FC<ChooseProps> = ({ client, people, current, path, now }) => {
  const members = people.filter(({ kind }) => kind === 'member');
  const guests = people.filter(({ kind }) => kind === 'guest');
  return (
    <Document
      title={`Sign in to the ${client.name}`}
      about={
        <>
          <p class="lead">Choose who you are.</p>
          <p>
            <b>Nobody asks you for a password here.</b> This is the identity provider of the sandbox company.
            It runs on this machine only, and whoever can open this page can be each of these people.
          </p>
        </>
      }
    >
      <form method="post" action={path}>
        <People title="People of Lantern" people={members} current={current} now={now} />
        {guests.length > 0 && (
          <People
            title={guests.length === 1 ? 'Guest' : 'Guests'}
            hint="A guest has an account here, and is not in people.yaml. See what Curfew answers."
            people={guests}
            current={current}
            now={now}
          />
        )}
        <button class="cancel" type="submit" name="person" value="">
          Cancel and return to the {client.name}
        </button>
      </form>
      <p class="end">In production your own identity provider stands here, and it checks who somebody is.</p>
    </Document>
  );
};

type PeopleProps = Pick<ChooseProps, 'people' | 'current' | 'now'> & { title: string; hint?: string };

const People: FC<PeopleProps> = ({ title, hint, people, current, now }) => (
  <section>
    <h2>{title}</h2>
    {hint && <p class="hint">{hint}</p>}
    <ul>
      {people.map((account) => (
        <li>
          <Person account={account} isCurrent={account.subject === current} now={now} />
        </li>
      ))}
    </ul>
  </section>
);

const cityOf = (zone: string): string => zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;

const Person: FC<{ account: Account; isCurrent: boolean; now: number }> = ({ account, isCurrent, now }) => (
  <button class="person" type="submit" name="person" value={account.subject}>
    <Avatar id={account.slackId} name={account.name} size="large" />
    <span class="person__words">
      <span class="person__name">
        {safeText(account.name)}
        {isCurrent && <span class="person__current">signed in now</span>}
      </span>
      <span class="person__title">{safeText(account.title)}</span>
    </span>
    <span class="person__zone">
      <span class="person__time">{clock(now, account.zone)}</span>
      <span class="sr"> in </span>
      <span>{cityOf(account.zone)}</span>
    </span>
  </button>
);
