import type { Parts } from './parts.ts';
import type { Settings } from './settings/settings.ts';

type SecretSettings = Pick<Settings, 'undoKeys' | 'manifest' | 'log' | 'stream' | 'console'>;

/**
 * Why a process with these parts must not have these secrets, or undefined. Whoever takes such a process over could do what only another
 * one may do (T41).
 */
export function misplacedSecret(
  { undoKeys, manifest, log, stream, console }: SecretSettings,
  parts: Parts,
): string | undefined {
  const foreign = [...undoKeys.keys()].filter((name) => !parts.providers.includes(name));
  if (foreign.length > 0 && !parts.sweeper)
    return [
      `CURFEW_UNDO_KEYS has a key for ${foreign.join(', ')}, and this process does not run that provider.`,
      '  to do: leave the key out here. Only the processes of a provider and the sweeper may have its key.',
    ].join('\n');
  if (manifest?.key !== undefined && !parts.sweeper && parts.providers.length === 0)
    return [
      'CURFEW_MANIFEST_KEY is set, and this process runs neither a provider nor the sweeper.',
      '  to do: leave the key out here. Whoever has it can sign what the reaper acts on.',
    ].join('\n');
  if (log && log.keys.length > 0 && !parts.sequencer)
    return [
      'CURFEW_LOG_KEYS is set, and this process does not run the sequencer.',
      '  to do: leave the keys out here. Whoever has one can sign another log. Providers need CURFEW_LOG_PUBLIC_KEYS only.',
    ].join('\n');
  if (stream?.token !== undefined && !parts.streamer)
    return [
      'CURFEW_STREAM_TOKEN is set, and this process does not run the streamer.',
      '  to do: leave the token out here. Whoever has it can send records to the SIEM.',
    ].join('\n');
  if (console && !parts.console)
    return [
      'CURFEW_OIDC_CLIENT_SECRET is set, and this process does not run the console.',
      '  to do: leave the CURFEW_OIDC_ settings out here.',
    ].join('\n');
  return undefined;
}
