import type { FC, PropsWithChildren } from 'hono/jsx';
import { channelsOf, dmOf } from '../read.ts';
import type { State } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { Badge } from './people.tsx';
import type { ReadMarks, UnreadIn } from './reads.ts';
import { hrefOf, placeOf, type Screen } from './screen.ts';

type SidebarProps = { state: State; screen: Screen; reads: ReadMarks; connections: number };

const NOTHING: UnreadIn = { messages: 0, notifying: 0 };
const isNews = ({ messages, notifying }: UnreadIn): boolean => messages + notifying > 0;

type ItemProps = PropsWithChildren<{
  href: string;
  id: string;
  current: boolean;
  unread?: UnreadIn | undefined;
}>;

/** A line of the side bar. Bold when something is unread, with the number of what notifies this person. */
const Item: FC<ItemProps> = ({ href, id, current, unread = NOTHING, children }) => (
  <li>
    <a
      id={id}
      class={isNews(unread) ? 'item item--news' : 'item'}
      href={href}
      aria-current={current ? 'page' : undefined}
      data-nav
    >
      {children}
      {isNews(unread) && unread.notifying === 0 && <span class="sr"> has new messages</span>}
      <Badge count={unread.notifying} words="new" />
    </a>
  </li>
);

const Presence: FC<{ here: boolean }> = ({ here }) => (
  <span class={here ? 'presence presence--here' : 'presence'} title={here ? 'connected' : 'not connected'}>
    <span class="sr">{here ? 'connected' : 'not connected'}</span>
  </span>
);

/** On a phone, the button that shows the side bar. It says when a conversation there has new messages. */
export const SidebarToggle: FC<Omit<SidebarProps, 'connections'>> = ({ state, screen, reads }) => {
  const { inChannel } = reads.unread(state, screen.as.id);
  const news = [...inChannel.values()].some(isNews);
  return (
    <button
      type="button"
      id="side-toggle"
      class="topbar__tool phone"
      data-panel-button="side"
      aria-expanded="false"
      aria-controls="side"
      aria-label={news ? 'Channels and messages, with new messages' : 'Channels and messages'}
      title="Channels and messages"
    >
      <Icon name="menu" />
      {news && <span class="topbar__news" />}
    </button>
  );
};

export const Sidebar: FC<SidebarProps> = ({ state, screen, reads, connections }) => {
  const { as, where } = screen;
  const { inChannel } = reads.unread(state, as.id);
  const place = placeOf(where);
  const dm = dmOf(state, as.id);
  const app = safeText(state.app.name);
  return (
    <nav class="sidebar" id="side" aria-label={`${state.team.name}: channels, messages and apps`}>
      <div class="sidebar__team">
        <span class="sidebar__name">{safeText(state.team.name)}</span>
        <span class="sidebar__kind">sandbox workspace</span>
      </div>
      <h2 class="sidebar__heading">Channels</h2>
      <ul>
        {channelsOf(state, as.id)
          .filter(({ kind }) => kind === 'channel')
          .map(({ id, name }) => (
            <Item
              id={`item-${id}`}
              href={hrefOf(as.id, id)}
              current={place === id}
              unread={inChannel.get(id)}
            >
              <Icon name="channel" />
              <span class="item__name">{safeText(name)}</span>
            </Item>
          ))}
      </ul>
      <h2 class="sidebar__heading">Direct messages</h2>
      <ul>
        <Item
          id="item-dm"
          href={hrefOf(as.id, 'dm')}
          current={place === 'dm'}
          unread={dm && inChannel.get(dm.id)}
        >
          <Avatar id={state.app.user_id} name={app} size="small" app />
          <span class="item__name">{app}</span>
          <Presence here={connections > 0} />
        </Item>
      </ul>
      <h2 class="sidebar__heading">Apps</h2>
      <ul>
        <Item id="item-home" href={hrefOf(as.id, 'home')} current={place === 'home'}>
          <Avatar id={state.app.user_id} name={app} size="small" app />
          <span class="item__name">{app} Home</span>
        </Item>
      </ul>
      <div class="sidebar__me">
        <Avatar id={as.id} name={as.real_name} size="medium" />
        <span class="person__words">
          <span class="person__name">{safeText(as.real_name)}</span>
          <span class="person__title">{safeText(as.title)}</span>
        </span>
      </div>
    </nav>
  );
};
