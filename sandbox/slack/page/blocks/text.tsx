import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import type { FC } from 'hono/jsx';
import { Mrkdwn, Plain } from '../mrkdwn-view.tsx';
import type { Viewer } from '../viewer.ts';

export type AnyText = MrkdwnElement | PlainTextElement;

/** A text object: mrkdwn is read, plain text stays plain. */
export const Text: FC<{ text: AnyText; viewer: Viewer }> = ({ text, viewer }) =>
  text.type === 'mrkdwn' ? (
    <Mrkdwn text={text.text} viewer={viewer} />
  ) : (
    <Plain text={text.text} emoji={text.emoji} />
  );
