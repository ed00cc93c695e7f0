/**
 * Loads oidc-provider. It says on the console that it does not support the oldest Node that Curfew runs on. The flows that the sandbox
 * uses work there, as its tests show, so the first screen of the demo does not repeat it.
 */
export async function loadLibrary(): Promise<typeof import('oidc-provider')> {
  const { warn } = console;
  console.warn = (...said: readonly unknown[]) => {
    if (!String(said[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...said);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
