import type { FC } from 'hono/jsx';
import { Mrkdwn, Plain } from '../mrkdwn-view.tsx';
import type { Viewer } from '../viewer.ts';

/** Slack's text object, whichever of the two kinds. */
export type AnyText = Readonly<{ type: 'plain_text' | 'mrkdwn'; text: string; emoji?: boolean }>;

/** An option of any list, as Slack's types and the workspace's model both have it. */
export type Choice = Readonly<{ text: AnyText; value?: string; description?: AnyText }>;

/** A text object: mrkdwn is read, plain text stays plain. */
export const Text: FC<{ text: AnyText; viewer: Viewer }> = ({ text, viewer }) =>
  text.type === 'mrkdwn' ? (
    <Mrkdwn text={text.text} viewer={viewer} />
  ) : (
    <Plain text={text.text} emoji={text.emoji} />
  );
