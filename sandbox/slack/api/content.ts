/** Reads and checks the text and blocks of a message. */
import type { KnownBlock } from '@slack/types';
import { no, ok, type Result } from '../../../core/result.ts';
import { checkedBlocks } from '../with-ids.ts';
import { lengthOf, type Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import { jsonOf, refuse, refuseWith, stringOf, type Reply } from './reply.ts';

export type Content = Readonly<{ text: string; blocks: readonly KnownBlock[] }>;

/** The checked text and blocks of a call. A message needs at least one of them. */
export function contentOf(args: Json, maxText: number): Result<Content, Reply> {
  const text = stringOf(args, 'text');
  if (lengthOf(text) > maxText) return no(refuse('msg_too_long'));
  if (args['blocks'] === undefined) return text === '' ? no(refuse('no_text')) : ok({ text, blocks: [] });
  const raw = jsonOf(args['blocks']);
  if (!Array.isArray(raw)) return no(refuse('invalid_blocks_format'));
  const blocks = checkedBlocks('message', raw);
  if (!blocks.ok) return no(refuseWith('invalid_blocks', blocks.error));
  if (Buffer.byteLength(JSON.stringify(raw)) > LIMITS.messageBlocks) return no(refuse('msg_blocks_too_long'));
  return text === '' && raw.length === 0 ? no(refuse('no_text')) : ok({ text, blocks: blocks.value });
}
