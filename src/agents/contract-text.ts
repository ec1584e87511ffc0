/** What a model or an error said, made fit for the contract: bounded, well-formed Unicode, without NUL. */
export function contractText(text: string, charactersMax: number): string {
  const clean = text.replaceAll('\u0000', '').toWellFormed();
  return clean.length <= charactersMax ? clean : `${clean.slice(0, charactersMax - 2).toWellFormed()} …`;
}
