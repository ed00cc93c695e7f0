import { fileSink } from './file-sink.ts';
import { httpsSink } from './https-sink.ts';
import { type SinkSetting, sinkName } from './parse-sinks.ts';
import type { Sink } from './sink.ts';
import { stdoutSink } from './stdout-sink.ts';
import type { Stream } from './stream.ts';
import { syslogSink } from './syslog-sink.ts';

/** Opens the sinks of the settings. They connect with their first records. `token`: for addresses that begin with https. */
export const openStreams = (settings: readonly SinkSetting[], token: string | undefined): readonly Stream[] =>
  settings.map((setting) => ({ sink: openSink(setting, token), format: setting.format }));

function openSink(setting: SinkSetting, token: string | undefined): Sink {
  const name = sinkName(setting);
  switch (setting.kind) {
    case 'file':
      return fileSink(setting.path);
    case 'stdout':
      return stdoutSink();
    case 'https':
      return httpsSink({ name, url: setting.url, format: setting.format, token });
    case 'syslog':
      return syslogSink({ name, host: setting.host, port: setting.port });
  }
}
