/** A model as logs show it, `provider/model`, taken apart; null for a name without a provider in front. */
export function splitShownModel(shown: string): { readonly provider: string; readonly model: string } | null {
  const slash = shown.indexOf("/");
  if (slash <= 0 || slash === shown.length - 1) return null;
  return { provider: shown.slice(0, slash), model: shown.slice(slash + 1) };
}
