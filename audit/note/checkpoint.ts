import { no, ok, type Result } from '../../core/result.ts';
import { parseBase64 } from './base64.ts';

/**
 * What a checkpoint states: the log `origin` has `size` entries, and `root` is the RFC 6962 hash of them (32 bytes).
 * https://c2sp.org/tlog-checkpoint
 */
export type Checkpoint = Readonly<{ origin: string; size: number; root: Buffer }>;

const ROOT_BYTES = 32;
const SIZE = /^(0|[1-9][0-9]{0,15})$/;

/** The text that a checkpoint's note signs. The log writes no extension lines. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

/** Reads the text of a checkpoint. Lines after the third are extensions of other software. They are signed, and are skipped. */
export function parseCheckpoint(text: string): Result<Checkpoint, string> {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length < 3) return no('a checkpoint has at least three lines');
  if (lines.includes('')) return no('a checkpoint has no empty line');
  const [origin = '', size = '', hash = ''] = lines;
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size)))
    return no('the second line of a checkpoint is the number of entries');
  const root = parseBase64(hash);
  if (root?.length !== ROOT_BYTES)
    return no('the third line of a checkpoint is a root hash: 32 bytes in base64');
  return ok({ origin, size: Number(size), root });
}
