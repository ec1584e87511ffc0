/** What one dialect asks for and the other has no words for: left out, the answer would be one to another question. */
export class Untranslatable extends Error {
  override readonly name = 'Untranslatable';

  constructor(field: string, because: string) {
    super(`${field}: ${because}`);
  }
}
