import type { FC } from 'hono/jsx';
import { Code } from './code.tsx';
import { fillDate, isInstant } from './dates.ts';
import { safeText, safeUrl } from './inert.ts';
import { parseMrkdwn, type Chunk, type Inline } from './mrkdwn.ts';
import type { Viewer } from './viewer.ts';
import { Emoji, Lines, Words } from './words.tsx';

export const Link: FC<{ url: string; label: string }> = ({ url, label }) => {
  const href = safeUrl(url);
  return href === undefined ? (
    <Words text={label} />
  ) : (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      <Words text={label} />
    </a>
  );
};

export const PersonMention: FC<{ id: string; label?: string | undefined; viewer: Viewer }> = ({
  id,
  label,
  viewer,
}) => (
  <span class={id === viewer.id ? 'mention mention--me' : 'mention'}>
    @{safeText(viewer.people.get(id) ?? label ?? id)}
  </span>
);

export const ChannelMention: FC<{ id: string; label?: string | undefined; viewer: Viewer }> = ({
  id,
  label,
  viewer,
}) => <span class="mention">#{safeText(viewer.channels.get(id) ?? label ?? id)}</span>;

type DateProps = { at: number; format: string; url?: string | undefined; fallback: string; viewer: Viewer };

/** A date in the viewer's time zone, or the app's fallback when the timestamp is invalid. */
export const SlackDate: FC<DateProps> = ({ at, format, url, fallback, viewer }) => {
  if (!isInstant(at)) return <>{safeText(fallback)}</>;
  const words = safeText(fillDate(format, at, viewer.now, viewer.tz));
  const moment = (
    <time datetime={new Date(at).toISOString()} title={safeText(fallback)}>
      {words}
    </time>
  );
  const href = url === undefined ? undefined : safeUrl(url);
  return href === undefined ? (
    moment
  ) : (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {moment}
    </a>
  );
};

const Run: FC<{ inline: Inline; viewer: Viewer }> = ({ inline, viewer }) => {
  switch (inline.kind) {
    case 'text':
      return <Words text={inline.text} />;
    case 'code':
      return <Code text={inline.text} />;
    case 'bold':
      return (
        <b>
          <Runs of={inline.of} viewer={viewer} />
        </b>
      );
    case 'italic':
      return (
        <i>
          <Runs of={inline.of} viewer={viewer} />
        </i>
      );
    case 'strike':
      return (
        <s>
          <Runs of={inline.of} viewer={viewer} />
        </s>
      );
    case 'link':
      return <Link url={inline.url} label={inline.label} />;
    case 'person':
      return <PersonMention id={inline.id} label={inline.label} viewer={viewer} />;
    case 'channel':
      return <ChannelMention id={inline.id} label={inline.label} viewer={viewer} />;
    case 'mention':
      return <span class="mention">{safeText(inline.label)}</span>;
    case 'date':
      return <SlackDate {...inline} viewer={viewer} />;
    case 'emoji':
      return <Emoji name={inline.name} />;
    case 'break':
      return <br />;
  }
};

const Runs: FC<{ of: readonly Inline[]; viewer: Viewer }> = ({ of, viewer }) => (
  <>
    {of.map((inline) => (
      <Run inline={inline} viewer={viewer} />
    ))}
  </>
);

const ChunkView: FC<{ chunk: Chunk; viewer: Viewer }> = ({ chunk, viewer }) => {
  if (chunk.kind === 'pre') return <Code text={chunk.text} block />;
  const runs = <Runs of={chunk.of} viewer={viewer} />;
  return chunk.kind === 'quote' ? (
    <blockquote class="quote">{runs}</blockquote>
  ) : (
    <span class="lines" dir="auto">
      {runs}
    </span>
  );
};

/** Renders Slack's mrkdwn. */
export const Mrkdwn: FC<{ text: string; viewer: Viewer }> = ({ text, viewer }) => (
  <>
    {parseMrkdwn(text).map((chunk) => (
      <ChunkView chunk={chunk} viewer={viewer} />
    ))}
  </>
);

/** Text without markup. `:eyes:` becomes an emoji unless `emoji` is false, as in Slack. */
export const Plain: FC<{ text: string; emoji?: boolean | undefined }> = ({ text, emoji = true }) => (
  <>
    {(emoji ? text.split(/(:[a-z0-9_+-]+:)/) : [text]).map((part, index) =>
      index % 2 === 1 ? <Emoji name={part.slice(1, -1)} /> : <Lines text={part} />,
    )}
  </>
);
