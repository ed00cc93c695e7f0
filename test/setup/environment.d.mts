export default class ExplainingEnvironment {
  global: { explainFailure?: () => Promise<string> };
  handleTestEvent(event: Readonly<{ name: string; error?: unknown }>): Promise<void>;
}
