import type { StreamRecord } from '../../../audit/stream/record.ts';
import { type Sink, SinkUnavailable } from '../../../audit/stream/sink.ts';

/** A sink that keeps what it got. `down`: it takes nothing. `most`: how many records it takes at once. */
export function recordingSink(name = 'recording:') {
  const got: StreamRecord[] = [];
  const state = { down: false, most: Infinity };
  const sink: Sink = {
    name,
    send(records) {
      if (state.down) return Promise.reject(new SinkUnavailable(`${name} is down`));
      const part = records.slice(0, state.most);
      got.push(...part);
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
  return { sink, got, state, indices: () => got.map(({ index }) => index) };
}

/** The indices that a consumer of the stream lacks between the first and the last one that it has. */
export function gapsIn(indices: readonly number[]): readonly number[] {
  const has = new Set(indices);
  const [first, last] = [Math.min(...indices), Math.max(...indices)];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((index) => !has.has(index));
}
