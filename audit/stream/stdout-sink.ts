import { type Sink, SinkUnavailable } from './sink.ts';

/** Standard output, with one record on each line. A record counts as sent when the other end of the pipe took it. */
export const stdoutSink = (output: NodeJS.WritableStream = process.stdout): Sink => ({
  name: 'stdout:',
  send: (records) =>
    new Promise((resolve, reject) => {
      output.write(records.map(({ text }) => `${text}\n`).join(''), (error) => {
        if (error) reject(new SinkUnavailable(`standard output: ${error.message}`, { cause: error }));
        else resolve(records.length);
      });
    }),
  close: () => Promise.resolve(),
});
