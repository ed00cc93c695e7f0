import { messageOf } from '../core/faults.ts';
import type { Logger } from './log.ts';
import type { Part } from './parts.ts';
import type { Settings } from './settings/settings.ts';
import type { Wiring } from './shared-wiring.ts';
import type { Running } from './supervise.ts';

type Given = Wiring & Readonly<{ settings: Settings; log: Logger }>;

/** Starts one part. Its settings are there. A process loads only the parts that it runs. */
export async function startPart(part: Part, { connections, deps, settings, log }: Given): Promise<Running> {
  const auditLog = connections.log;
  switch (part.kind) {
    case 'sweeper':
      return (await import('./sweeper.ts')).startSweeper(deps, log, settings.sweepSeconds, settings.looks);
    case 'answers':
      return (await import('./worker.ts')).startAnswers(deps, log);
    case 'workflows': {
      const temporal = given(connections.temporal);
      const { startWorkflows } = await import('./worker.ts');
      return startWorkflows({ temporal }, deps, log).catch(withAdvice(ABOUT_TEMPORAL));
    }
    case 'provider': {
      const temporal = given(connections.temporal);
      const { startProvider } = await import('./worker.ts');
      return startProvider({ temporal }, deps, log, part.provider).catch(withAdvice(ABOUT_TEMPORAL));
    }
    case 'sequencer': {
      const { startSequencer } = await import('./sequencer.ts');
      const { home, slack, examineDays } = settings;
      return startSequencer(deps, log, given(auditLog), { home, slack, examineDays });
    }
    case 'streamer': {
      const { startStreamer } = await import('./streamer.ts');
      return startStreamer(deps, log, given(auditLog), given(settings.stream));
    }
    case 'console': {
      const { startConsole } = await import('./console.ts');
      return startConsole(deps, log, given(settings.console), auditLog);
    }
    case 'gateway': {
      const slack = given(connections.slack);
      const { startGateway } = await import('./gateway.ts');
      const { consoleUrl } = settings;
      return startGateway({ slack }, deps, log, { consoleUrl }).catch(withAdvice(ABOUT_SLACK));
    }
  }
}

const ABOUT_TEMPORAL = 'Look at TEMPORAL_ADDRESS, and whether Temporal runs';
const ABOUT_SLACK = 'Look at SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and whether slack.com can be reached';

/** Adds what to do to the error of a library. */
const withAdvice =
  (advice: string) =>
  (error: unknown): never => {
    throw new Error(`${messageOf(error)}. ${advice}`, { cause: error });
  };

/** `whyNotStarted` has named what is missing, so this is a mistake in it. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a part was started without a setting that it needs');
  return value;
}
