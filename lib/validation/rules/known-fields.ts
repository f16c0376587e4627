import { didYouMean } from '#definition/suggest.ts';
import { fieldOffset } from '../field-offset.ts';
import type { Rule } from '../rule.ts';
import { typeOfName } from '../types.ts';
import { firstUnknownField, type UnknownField } from '../unknown-field.ts';

/** Fields that expressions read of a value of known type are fields of it. */
export const knownFields: Rule = {
  reading({ variable, site }, { subject, report }) {
    if (variable.called || variable.fields.length === 0) return;
    const type = typeOfName(variable.name, site, subject);
    const unknown = type && firstUnknownField(type.schema, variable.fields);
    if (type === undefined || unknown === undefined) return;
    const owner = `$${[variable.name, ...variable.fields.slice(0, unknown.depth)].join('.')}`;
    const isCertain = type.isPromised || unknown.isClosed;
    report.inside(site.path, site.offset + fieldOffset(site.text, variable, unknown.depth), {
      code: isCertain ? 'SW1209' : 'SW1210',
      message: `${owner} ${isCertain ? 'has' : 'declares'} no field "${unknown.field}"`,
      ...hintFor(unknown),
    });
  },
};

function hintFor({ field, known, scalar }: UnknownField): { hint?: string } {
  if (scalar !== undefined) return { hint: `it is ${scalar}` };
  const { hint } = didYouMean(field, known);
  if (hint !== undefined) return { hint };
  return known.length === 0 ? {} : { hint: `it has ${known.slice(0, 10).join(', ')}` };
}
