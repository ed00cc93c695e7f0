import type { FC } from 'hono/jsx';
import { Mrkdwn, Plain } from '../mrkdwn-view.tsx';
import type { Viewer } from '../viewer.ts';

/** Slack's text object of either kind. */
export type AnyText = Readonly<{ type: 'plain_text' | 'mrkdwn'; text: string; emoji?: boolean }>;

/** An option of any list, compatible with Slack's types and the workspace's model. */
export type Choice = Readonly<{ text: AnyText; value?: string; description?: AnyText }>;

/** Renders a text object. Markup is interpreted in mrkdwn only. */
export const Text: FC<{ text: AnyText; viewer: Viewer }> = ({ text, viewer }) =>
  text.type === 'mrkdwn' ? (
    <Mrkdwn text={text.text} viewer={viewer} />
  ) : (
    <Plain text={text.text} emoji={text.emoji} />
  );
