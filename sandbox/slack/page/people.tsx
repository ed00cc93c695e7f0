import type { FC } from 'hono/jsx';
import { dmOf, peopleOf } from '../read.ts';
import type { State, User } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { clock } from './dates.ts';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import type { ReadMarks, Unread } from './reads.ts';
import { hrefOf, placeOf, type Screen } from './screen.ts';

type PeopleProps = { state: State; screen: Screen; reads: ReadMarks; now: number };

/** A number of new messages, with a text for screen readers. */
export const Badge: FC<{ count: number; words: string }> = ({ count, words }) =>
  count === 0 ? (
    <></>
  ) : (
    <span class="badge">
      {count > 99 ? '99+' : count}
      <span class="sr"> {words}</span>
    </span>
  );

/**
 * The address for acting as another person: the conversation with something new for them, their direct message
 * first, or else the same place.
 */
function addressAs(state: State, screen: Screen, user: User, { inChannel }: Unread): string {
  const notifying = [...inChannel].filter(([, unread]) => unread.notifying > 0).map(([id]) => id);
  const dm = dmOf(state, user.id);
  const place = dm && notifying.includes(dm.id) ? 'dm' : (notifying[0] ?? placeOf(screen.where));
  return hrefOf(user.id, place);
}

const zoneName = (tz: string): string => tz.split('/').at(-1)?.replaceAll('_', ' ') ?? tz;

const Person: FC<PeopleProps & { user: User; digit: number }> = ({
  state,
  screen,
  reads,
  now,
  user,
  digit,
}) => {
  const unread = reads.unread(state, user.id);
  const { notifying } = unread;
  const current = user.id === screen.as.id;
  return (
    <a
      id={`person-${user.id}`}
      class={current ? 'person person--me' : 'person'}
      href={addressAs(state, screen, user, unread)}
      aria-current={current ? 'true' : undefined}
      title={`${user.real_name}, ${user.title}. ${clock(now, user.tz)} in ${zoneName(user.tz)}. Key ${digit}`}
      data-nav
      data-digit={digit}
    >
      <Avatar id={user.id} name={user.real_name} size="small" />
      <span class="person__words">
        <span class="person__name">
          {safeText(user.real_name)}
          {current && <span class="person__you"> you</span>}
        </span>
        <span class="person__title">
          {safeText(user.title)} · {clock(now, user.tz)}
          <span class="person__zone"> {zoneName(user.tz)}</span>
        </span>
      </span>
      <Badge count={notifying} words={notifying === 1 ? 'new message' : 'new messages'} />
    </a>
  );
};

/** On a phone, the button that shows the people. It has the number of messages for the others. */
export const PeopleToggle: FC<Omit<PeopleProps, 'now'>> = ({ state, screen: { as }, reads }) => {
  const others = peopleOf(state).filter(({ id, kind }) => kind === 'member' && id !== as.id);
  const count = others.reduce((sum, { id }) => sum + reads.unread(state, id).notifying, 0);
  return (
    <button
      type="button"
      id="people-toggle"
      class="topbar__tool topbar__tool--person phone"
      data-panel-button="people"
      aria-expanded="false"
      aria-controls="people"
    >
      <Avatar id={as.id} name={as.real_name} size="medium" />
      <span class="sr">You are</span>
      <span class="person__name">{safeText(as.real_name)}</span>
      <Icon name="down" />
      <Badge count={count} words="new for other people" />
    </button>
  );
};

/**
 * The switch at the top for the person to act as. People from outside the company are in a menu; with them
 * one can try what Curfew refuses.
 */
export const People: FC<PeopleProps> = (props) => {
  const people = peopleOf(props.state);
  const members = people.filter(({ kind }) => kind === 'member');
  const outsiders = people.filter(({ kind }) => kind !== 'member');
  const outside = outsiders.find(({ id }) => id === props.screen.as.id);
  return (
    <nav class="people" id="people" aria-label="You are">
      <span class="people__lead" aria-hidden="true">
        You are
      </span>
      {members.map((user, index) => (
        <Person {...props} user={user} digit={index + 1} />
      ))}
      {outsiders.length > 0 && (
        <details class="outsiders" id="outsiders">
          <summary class={outside ? 'person person--me' : 'person'} title="People from outside the company">
            {outside ? safeText(outside.real_name) : 'Guests'}
          </summary>
          <div class="outsiders__list">
            {outsiders.map((user, index) => (
              <Person {...props} user={user} digit={members.length + index + 1} />
            ))}
          </div>
        </details>
      )}
    </nav>
  );
};
