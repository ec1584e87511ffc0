import { z } from 'zod';
import { type RouteName, routeNames, rows, takesBody } from './http-coverage.ts';

/** What a row takes, read from its own schemas: so that a new field or parameter is tested without anybody's doing. */
const fieldSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const fieldsSchema = z.looseObject({
  properties: z.record(z.string(), fieldSchema).default({}),
  required: z.array(z.string()).default([]),
});
type Field = z.infer<typeof fieldSchema>;

export interface NamedField extends Field {
  readonly route: RouteName;
  readonly field: string;
  readonly required: boolean;
}

const fieldsOf = (place: 'params' | 'query' | 'body'): NamedField[] =>
  routeNames.flatMap((route) => {
    if (place === 'body' && !takesBody(rows[route])) return [];
    // What comes over the wire in a path or query is text; what it stands for is told by what becomes of it.
    const io = place === 'body' ? 'input' : 'output';
    const schema = z.toJSONSchema(rows[route][place], { io, unrepresentable: 'any' });
    const { properties, required } = fieldsSchema.parse(schema);
    return Object.entries(properties).map(([field, rest]) => ({
      ...rest,
      route,
      field,
      required: required.includes(field),
    }));
  });

export const pathFields = fieldsOf('params');
export const queryFields = fieldsOf('query');
export const bodyFields = fieldsOf('body');

/** Whole numbers within bounds, such as `limit`. */
export const isNumber = ({ type }: Field): boolean => type === 'integer' || type === 'number';
/** Anybody's words, such as a title; not a choice out of a list and not a name of ours. */
export const isFreeText = (field: Field): boolean =>
  field.type === 'string' && field.enum === undefined && field.pattern === undefined;
export const isChoice = (field: Field): boolean => field.enum !== undefined;
