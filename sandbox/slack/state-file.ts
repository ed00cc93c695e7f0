/**
 * Keeps the workspace across restarts in a file of JSON lines: first a snapshot, then each change. A change
 * is written before the response is sent, so a killed process loses nothing that it responded to. The file is
 * not synced to the disk, so a power cut may lose the last lines. That is acceptable for a sandbox. Open modals
 * are not written: one of them can show a password, which is shown once and stays nowhere (T22).
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { evolve, type Change } from './changes.ts';
import { isObject, type Json } from './check.ts';
import type { State } from './model.ts';

const FORMAT = 'curfew-sandbox-slack-1';

export interface StateFile {
  write(change: Change): void;
  close(): void;
}

/** The file is damaged. The message says which line is damaged and what to do. */
export class UnreadableState extends Error {
  constructor(file: string, line: number, why: string) {
    super(
      `The sandbox's Slack workspace in ${file} is damaged at line ${line} (${why}). ` +
        'Move the file away to start with an empty workspace, or restore it from a copy.',
    );
    this.name = 'UnreadableState';
  }
}

/**
 * The state in `file`, or `seed` when the file does not exist. The people and commands of `seed` are kept in
 * both cases.
 */
export function loadState(file: string, seed: State): State {
  if (!existsSync(file)) return seed;
  const lines = readFileSync(file, 'utf8').split('\n');
  // Without a newline at its end, the last line was not written completely: no response was sent for that
  // change.
  const torn = lines.pop();
  return [...lines, ...(torn !== undefined && parse(torn) !== undefined ? [torn] : [])].reduce(
    (state, line, index) => applyLine(state, line, index + 1, file),
    seed,
  );
}

function applyLine(state: State, line: string, number: number, file: string): State {
  const value = parse(line);
  if (value === undefined) throw new UnreadableState(file, number, 'not JSON');
  if (number === 1) {
    const { state: held } = value;
    if (value['format'] !== FORMAT || !isObject(held))
      throw new UnreadableState(file, number, `not a snapshot in the format ${FORMAT}`);
    return restoreState(state, held, file);
  }
  try {
    // `write` below has written the line. On a line of another shape `evolve` throws. An older version wrote modals too.
    const change = value as Change;
    return isWritten(change) ? evolve(state, change) : state;
  } catch (error) {
    throw new UnreadableState(file, number, error instanceof Error ? error.message : String(error));
  }
}

const SAVED_FIELDS = ['users', 'channels', 'messages', 'homes'] as const;

const isWritten = ({ kind }: Change): boolean => kind !== 'modals';

function restoreState(seed: State, held: Json, file: string): State {
  if (SAVED_FIELDS.some((name) => !isObject(held[name])) || typeof held['lastTs'] !== 'string')
    throw new UnreadableState(file, 1, `a snapshot must hold ${SAVED_FIELDS.join(', ')} and lastTs`);
  const { users, channels, messages, homes, lastTs } = held as State;
  return {
    ...seed,
    users: { ...seed.users, ...users },
    channels: { ...seed.channels, ...channels },
    messages,
    homes,
    lastTs,
  };
}

function parse(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file with a snapshot in one step (a rename). The returned `write` appends changes. */
export function openStateFile(file: string, state: State): StateFile {
  const { modals: _open, ...kept } = state;
  writeFileSync(`${file}.new`, `${JSON.stringify({ format: FORMAT, state: kept })}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  const handle = openSync(file, 'a');
  return {
    write(change) {
      if (isWritten(change)) appendFileSync(handle, `${JSON.stringify(change)}\n`);
    },
    close: () => closeSync(handle),
  };
}
