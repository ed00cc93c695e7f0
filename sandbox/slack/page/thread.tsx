import type { FC } from 'hono/jsx';
import { messageAt, repliesOf } from '../read.ts';
import type { Channel, State } from '../model.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { follows, MessageView } from './message.tsx';
import type { ReadMarks } from './reads.ts';
import { hrefOf, placeOf, type Screen } from './screen.ts';
import type { Viewer } from './viewer.ts';

type ThreadProps = {
  state: State;
  screen: Screen;
  viewer: Viewer;
  reads: ReadMarks;
  channel: Channel;
  ts: string;
};

/** The panel next to the messages that shows one message and its replies. */
export const Thread: FC<ThreadProps> = ({ state, screen, viewer, reads, channel, ts }) => {
  const root = messageAt(state, channel.id, ts);
  if (root === undefined) return <></>;
  const replies = repliesOf(state, viewer.id, channel.id, ts);
  const common = { state, screen, viewer, reads, panel: 'thread' as const };
  return (
    <aside class="thread" aria-label="Thread">
      <header class="pane__head">
        <h2 class="pane__title">Thread</h2>
        <span class="pane__topic">
          {channel.kind === 'dm' ? safeText(state.app.name) : `#${safeText(channel.name)}`}
        </span>
        <a
          class="close"
          href={hrefOf(screen.as.id, placeOf(screen.where))}
          aria-label="Close the thread"
          data-nav
          data-escape
        >
          <Icon name="close" />
        </a>
      </header>
      <div
        class="pane__scroll"
        id="thread"
        role="log"
        aria-live="polite"
        tabindex={0}
        aria-label="Thread, newest last"
      >
        <MessageView {...common} message={root} compact={false} />
        <div class="thread__count">
          <span>
            {replies.length === 0
              ? 'No replies yet'
              : `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`}
          </span>
        </div>
        {replies.map((message, index) => (
          <MessageView {...common} message={message} compact={follows(message, replies[index - 1])} />
        ))}
      </div>
      <Composer state={state} screen={screen} channel={channel} thread={ts} />
    </aside>
  );
};
