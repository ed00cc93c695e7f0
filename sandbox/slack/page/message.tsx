import type { FC } from 'hono/jsx';
import { repliesOf, secondsOf } from '../read.ts';
import type { Message } from '../model.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks/block.tsx';
import { ago, clock, dayName, fillDate } from './dates.ts';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { Tools, type MessageProps } from './message-tools.tsx';
import { Mrkdwn } from './mrkdwn-view.tsx';
import type { ReadMarks } from './reads.ts';
import { hrefOf, placeOf } from './screen.ts';
import { domId, type Viewer } from './viewer.ts';

type Props = MessageProps & { reads: ReadMarks };

const GROUP_WITHIN_SECONDS = 300;

/** Whether a message comes so soon after another one of the same person that the name is not repeated. */
export const follows = (message: Message, before: Message | undefined): boolean =>
  before !== undefined &&
  message.bot_id === undefined &&
  before.bot_id === undefined &&
  before.user === message.user &&
  before.ephemeralFor === message.ephemeralFor &&
  secondsOf(message.ts) - secondsOf(before.ts) < GROUP_WITHIN_SECONDS;

const Time: FC<{ ts: string; viewer: Viewer }> = ({ ts, viewer }) => {
  const at = secondsOf(ts) * 1000;
  return (
    <time
      class="message__time"
      datetime={new Date(at).toISOString()}
      title={fillDate('{date_long} at {time_secs}', at, viewer.now, viewer.tz)}
    >
      {clock(at, viewer.tz)}
    </time>
  );
};

const Replies: FC<Props> = ({ state, screen, viewer, message, reads }) => {
  const replies = repliesOf(state, viewer.id, message.channel, message.ts);
  const last = replies.at(-1);
  if (last === undefined) return <></>;
  const news = reads.unreadReplies(state, viewer.id, message);
  return (
    <a
      id={domId('replies', message.ts)}
      class="replies"
      href={hrefOf(screen.as.id, placeOf(screen.where), message.ts)}
      data-nav
    >
      <Avatar
        id={last.user}
        name={viewer.people.get(last.user) ?? '?'}
        size="small"
        app={last.bot_id !== undefined}
      />
      <b>
        {replies.length} {replies.length === 1 ? 'reply' : 'replies'}
      </b>{' '}
      {news > 0 && <span class="replies__news">{news} new</span>}{' '}
      <span class="replies__last">Last reply {ago(secondsOf(last.ts) * 1000, viewer.now)}</span>
    </a>
  );
};

const Body: FC<Props> = ({ viewer, message, panel }) => (
  <div class="message__body">
    {message.blocks.length > 0 ? (
      <Blocks blocks={message.blocks} spot={{ viewer, where: domId(panel, message.ts) }} />
    ) : (
      <div class="message__text">
        <Mrkdwn text={message.text} viewer={viewer} />
      </div>
    )}
    {message.edited && message.bot_id === undefined && <span class="message__edited"> (edited)</span>}
  </div>
);

/** One message, as one person sees it. */
export const MessageView: FC<Props & { compact: boolean }> = ({ compact, ...props }) => {
  const { viewer, message, panel } = props;
  const name = viewer.people.get(message.user) ?? message.user;
  const id = domId(panel, message.ts, 'message');
  const app = message.bot_id !== undefined;
  return (
    <article
      id={id}
      class={`message${compact ? ' message--compact' : ''}${message.ephemeralFor ? ' message--mine' : ''}`}
      aria-label={`${safeText(name)}, ${clock(secondsOf(message.ts) * 1000, viewer.tz)}`}
      data-place={JSON.stringify({ kind: 'message', channel: message.channel, ts: message.ts })}
    >
      {message.ephemeralFor && (
        <p class="message__only">
          <Icon name="eye" /> Only visible to you
        </p>
      )}
      <div class="message__gutter">
        {compact ? (
          <Time ts={message.ts} viewer={viewer} />
        ) : (
          <Avatar id={message.user} name={name} size="large" app={app} />
        )}
      </div>
      <div class="message__main">
        {!compact && (
          <header class="message__head">
            <b class="message__name">{safeText(name)}</b>
            {app && <span class="message__app">APP</span>}
            <Time ts={message.ts} viewer={viewer} />
          </header>
        )}
        <Body {...props} />
        {panel === 'main' && <Replies {...props} />}
      </div>
      {!message.ephemeralFor && <Tools {...props} id={id} />}
    </article>
  );
};

/** The line between two days. */
export const DayLine: FC<{ ts: string; viewer: Viewer }> = ({ ts, viewer }) => (
  <div class="day" role="separator" id={domId('day', ts)}>
    <span class="day__name">{dayName(secondsOf(ts) * 1000, viewer.now, viewer.tz)}</span>
  </div>
);
