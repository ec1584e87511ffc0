import { type Json, recordOf, textOf } from './stream.ts';

/** A piece of a call as OpenAI's chunks carry it; providers leave out the number, the id, or both. */
export interface CallPiece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly json: string;
}

export function pieceOf({ index, id, function: called }: Json): CallPiece {
  const { name, arguments: json } = recordOf(called);
  return {
    index: typeof index === 'number' ? index : undefined,
    id: textOf(id),
    name: textOf(name),
    json: textOf(json),
  };
}

type Begun = Pick<CallPiece, 'index' | 'id'>;

/** Which of the calls that have begun goes on with this piece: some number all calls alike, some not at all; some repeat id and name with each piece. */
export function callOf<C extends Begun>(calls: readonly C[], { index, id, name }: CallPiece): C | undefined {
  const last = index === undefined ? calls.at(-1) : calls.findLast((call) => call.index === index);
  if (!last || name === '') return last;
  if (id === '') return index === undefined ? undefined : last;
  if (index === undefined) return calls.find((call) => call.id === id);
  return last.id === '' || last.id === id ? last : undefined;
}
