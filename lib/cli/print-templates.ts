import type { JsonObject } from '#core/json.ts';
import type { SourcedTemplate, Template } from '#definition/template/template.ts';
import { type Column, tableLines } from './print-table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './text-layout.ts';

type Style = Pick<Terminal, 'columns' | 'paint'>;

/** Templates as a table, line by line. */
export function templateLines(templates: readonly Template[], { columns, paint }: Style): string[] {
  return tableLines(templates, TEMPLATES, { columns, paintTitle: paint.bold });
}

const TEMPLATES: readonly Column<Template>[] = [
  { title: 'TEMPLATE', text: ({ name }) => name },
  { title: 'VERSION', text: ({ version }) => version },
  { title: 'FOR', text: ({ description = '' }) => description },
];

/** What a template is for, and a table of its parameters, line by line. */
export function parameterLines({ source, template }: SourcedTemplate, { columns, paint }: Style): string[] {
  const { name, version, description, properties } = template;
  const rows = Object.entries(properties).map(([parameter, schema]) =>
    rowOf(parameter, schema, template.required),
  );
  return [
    `${paint.bold(`${name} ${version}`)} ${paint.dim(source.file)}`,
    ...(description === undefined ? [] : wrap(description, columns)),
    '',
    ...(rows.length === 0
      ? ['no parameters']
      : tableLines(rows, PARAMETERS, { columns, paintTitle: paint.bold })),
  ];
}

interface ParameterRow {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly description: string;
}

function rowOf(name: string, schema: JsonObject, required: readonly string[]): ParameterRow {
  const { default: byDefault, description = '', type = 'any' } = schema;
  const optional = byDefault === undefined ? '' : JSON.stringify(byDefault);
  return {
    name,
    type: [type].flat().join(' or '),
    value: required.includes(name) && byDefault === undefined ? 'required' : optional,
    description: String(description),
  };
}

const PARAMETERS: readonly Column<ParameterRow>[] = [
  { title: 'PARAMETER', text: ({ name }) => name },
  { title: 'TYPE', text: ({ type }) => type },
  { title: 'DEFAULT', text: ({ value }) => value },
  { title: '', text: ({ description }) => description },
];
