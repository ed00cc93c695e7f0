import { no, ok, type Result } from '../core/result.ts';
import type { DescribedTarget, ParsedTarget } from '../core/target.ts';
import type { Provider } from './provider.ts';

/** Parses and describes the targets of a catalogue with these providers. No vendor is called, and no SDK is loaded. */
export const targetReader =
  (providers: ReadonlyMap<string, Provider>) =>
  (name: string, json: unknown): Result<ParsedTarget, string> => {
    const provider = providers.get(name);
    if (!provider) return no(`there is no provider "${name}"; there are ${[...providers.keys()].join(', ')}`);
    const target = provider.parseTarget(json);
    if (!target.ok) return target;
    return ok({
      lockKey: provider.lockKey(target.value),
      level: provider.level(target.value),
      ownObject: provider.ownObject(target.value),
      accountless: provider.needsSecret || provider.isAccountPerson === true,
      described: describedBy(provider, target.value),
    });
  };

function describedBy(provider: Provider, target: unknown): DescribedTarget {
  const residualMs = provider.residualSessionMs(target);
  return {
    ...provider.describe(target),
    level: provider.level(target),
    enforcement: provider.enforcementClass(target),
    residualMs: Number.isFinite(residualMs) ? residualMs : null,
  };
}
