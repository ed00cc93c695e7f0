import type { FC, PropsWithChildren } from 'hono/jsx';
import { channelsOf, dmOf } from '../read.ts';
import type { State } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { Badge } from './people.tsx';
import type { ReadMarks } from './reads.ts';
import { hrefOf, placeOf, type Screen } from './screen.ts';

type SidebarProps = { state: State; screen: Screen; reads: ReadMarks; connections: number };

type ItemProps = PropsWithChildren<{
  href: string;
  id: string;
  current: boolean;
  news: number;
  counted?: boolean;
}>;

/**
 * A line of the side bar. Bold when there are unread messages, with their number when they are addressed to
 * this person.
 */
const Item: FC<ItemProps> = ({ href, id, current, news, counted, children }) => (
  <li>
    <a
      id={id}
      class={news > 0 ? 'item item--news' : 'item'}
      href={href}
      aria-current={current ? 'page' : undefined}
      data-nav
    >
      {children}
      {counted ? <Badge count={news} words="new" /> : news > 0 && <span class="sr"> has new messages</span>}
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
  const news = [...inChannel.values()].some((count) => count > 0);
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
              news={inChannel.get(id) ?? 0}
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
          news={dm ? (inChannel.get(dm.id) ?? 0) : 0}
          counted
        >
          <Avatar id={state.app.user_id} name={app} size="small" app />
          <span class="item__name">{app}</span>
          <Presence here={connections > 0} />
        </Item>
      </ul>
      <h2 class="sidebar__heading">Apps</h2>
      <ul>
        <Item id="item-home" href={hrefOf(as.id, 'home')} current={place === 'home'} news={0}>
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
