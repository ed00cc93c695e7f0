import type { FC } from 'hono/jsx';
import { secondsOf, topLevelOf } from '../read.ts';
import type { Channel, Message, State } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { daysFromToday } from './dates.ts';
import { Guide } from './guide.tsx';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { DayLine, follows, MessageView } from './message.tsx';
import type { ReadMarks } from './reads.ts';
import { hrefOf, type Screen } from './screen.ts';
import type { Viewer } from './viewer.ts';

export type PaneProps = {
  state: State;
  screen: Screen;
  viewer: Viewer;
  reads: ReadMarks;
  connections: number;
  guide: 1 | 2 | 3 | undefined;
};

const dayOf = (message: Message, viewer: Viewer): number =>
  daysFromToday(secondsOf(message.ts) * 1000, viewer.now, viewer.tz);

const Messages: FC<PaneProps & { channel: Channel }> = ({ channel, ...props }) => {
  const { state, viewer, screen, reads } = props;
  const messages = topLevelOf(state, viewer.id, channel.id);
  return (
    <>
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const newDay = before === undefined || dayOf(before, viewer) !== dayOf(message, viewer);
        return (
          <>
            {newDay && <DayLine ts={message.ts} viewer={viewer} />}
            <MessageView
              state={state}
              screen={screen}
              viewer={viewer}
              reads={reads}
              message={message}
              panel="main"
              compact={!newDay && follows(message, before)}
            />
          </>
        );
      })}
    </>
  );
};

/** The text above the first message, which says what the channel is for. */
const ChannelIntro: FC<PaneProps> = ({ state, screen: { where } }) =>
  where.kind === 'channel' ? (
    <div class="beginning">
      <h2>
        <Icon name="channel" /> {safeText(where.channel.name)}
      </h2>
      <p>
        {safeText(where.channel.purpose)}. This is the very beginning of{' '}
        <b>#{safeText(where.channel.name)}</b>.
      </p>
    </div>
  ) : (
    <div class="beginning">
      <Avatar id={state.app.user_id} name={state.app.name} size="large" app />
      <p>
        This is where <b>{safeText(state.app.name)}</b> sends you private messages: your receipts, requests
        that you can approve or deny, and a notice when access ends.
      </p>
    </div>
  );

/** The two tabs of an app: its Home and the messages with it. */
export const AppTabs: FC<{ screen: Screen }> = ({ screen: { as, where } }) => (
  <div class="tabs">
    {(['home', 'dm'] as const).map((place) => (
      <a
        id={`tab-${place}`}
        class="tab"
        href={hrefOf(as.id, place)}
        aria-current={where.kind === place ? 'page' : undefined}
        data-nav
      >
        {place === 'home' ? 'Home' : 'Messages'}
      </a>
    ))}
  </div>
);

export const PaneHead: FC<PaneProps> = ({ state, screen }) => {
  const { where } = screen;
  if (where.kind !== 'channel')
    return (
      <header class="pane__head pane__head--app">
        <h2 class="pane__title">
          <Avatar id={state.app.user_id} name={state.app.name} size="medium" app /> {safeText(state.app.name)}
        </h2>
        <AppTabs screen={screen} />
      </header>
    );
  return (
    <header class="pane__head">
      <h2 class="pane__title">
        <Icon name="channel" /> {safeText(where.channel.name)}
      </h2>
      <span class="pane__topic">{safeText(where.channel.purpose)}</span>
      <span class="pane__members" title={`${where.channel.members.length} members`}>
        <Icon name="people" /> {where.channel.members.length}
        <span class="sr"> members</span>
      </span>
    </header>
  );
};

/** The middle pane with messages: the head, the messages, the guide and the message box. */
export const MessagePane: FC<PaneProps & { channel: Channel | undefined }> = ({ channel, ...props }) => {
  const { state, screen, connections, guide } = props;
  return (
    <section class="pane" aria-label="Messages">
      <PaneHead {...props} />
      <div
        class="pane__scroll"
        id="messages"
        role="log"
        aria-live="polite"
        tabindex={0}
        aria-label="Messages, newest last"
      >
        <div class="pane__fill" />
        <ChannelIntro {...props} />
        {channel && <Messages {...props} channel={channel} />}
      </div>
      {connections === 0 && (
        <p class="away" role="status">
          {safeText(state.app.name)} is not connected. You can read messages, but commands and buttons do not
          work.
        </p>
      )}
      {guide && <Guide screen={screen} step={guide} />}
      {channel && <Composer state={state} screen={screen} channel={channel} />}
    </section>
  );
};
