import { inferTypes, type JsonType, type Types } from '#expression/value-types.ts';
import { meaningOf } from '../names.ts';
import type { ParsedSite, Rule } from '../rule.ts';
import { schemaOfField, typesIn } from '../schema-types.ts';
import type { StepNode } from '../step-tree.ts';
import type { Subject } from '../subject.ts';
import { jsonTypesOf } from '../types.ts';

/** Expressions give what is needed where they stand, and their operators get what they can work with. */
export const fittingTypes: Rule = {
  expression(site, { subject, report }) {
    const { types, clashes } = inferTypes(site.parsed.tree, (name, fields) => {
      const isKnown = meaningOf(name, site, subject).kind === 'known';
      return isKnown ? jsonTypesOf(name, fields, { site, subject }) : undefined;
    });
    for (const clash of clashes) {
      report.inside(site.path, site.offset + clash.offset, {
        code: 'SW1306',
        message: `"${clash.operator}" cannot take ${inWords(clash.types)}`,
        ...hintFor(clash.types),
      });
    }
    const needed = neededTypes(site, subject);
    if (needed === undefined || types === undefined || [...types].some((type) => needed.has(type))) return;
    report.inside(site.path, site.offset, {
      code: 'SW1307',
      message: `this gives ${inWords(types)}, where ${inWords(needed)} is needed`,
      ...(needed.has('string') && !types.has('object') ? { hint: '$string(…) makes it a text' } : {}),
    });
  },
};

const TEXT: Types = new Set(['string']);
const NUMBER: Types = new Set(['number']);
const TRUTH: Types = new Set(['boolean']);

/** What is needed at a place of a step, by its keys. */
const NEEDED: Readonly<Record<string, Types>> = {
  device: TEXT,
  'on.zone': TEXT,
  'on.near': TEXT,
  'compensate.device': TEXT,
  'compensate.verify.expect': TRUTH,
  'wait.for': NUMBER,
  'wait.until': TEXT,
  'wait.event.name': TEXT,
  'approve.group': TEXT,
  'approve.message': TEXT,
  'http.url': TEXT,
  'compensate.http.url': TEXT,
  'compensate.verify.http.url': TEXT,
  'notify.topic': TEXT,
  'notify.subject': TEXT,
  'fail.error': TEXT,
  'fail.cause': TEXT,
};

function neededTypes({ node, path }: ParsedSite, subject: Subject): Types {
  if (node === undefined) return undefined;
  const keys = path.slice(node.path.length).map(String);
  const [field = '', inner = ''] = keys;
  if (field === 'uses' || (field === 'lock' && inner === 'pools')) return NUMBER;
  const [call, headers] = keys.filter((key) => key !== 'compensate' && key !== 'verify');
  if (call === 'http' && headers === 'headers') return TEXT;
  if (field === 'with') return typesOfArgument(node, keys.slice(1), subject);
  return NEEDED[keys.join('.')];
}

function typesOfArgument({ step }: StepNode, keys: readonly string[], { catalogue }: Subject): Types {
  const parameters = step.kind === 'command' ? catalogue?.get(step.command)?.parameters : undefined;
  const schema = parameters && schemaOfField(parameters, keys);
  return schema && typesIn(schema);
}

const IN_WORDS: Readonly<Record<JsonType, string>> = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'a map',
};

function inWords(types: ReadonlySet<JsonType>): string {
  return [...types].map((type) => IN_WORDS[type]).join(' or ');
}

function hintFor(types: ReadonlySet<JsonType>): { hint?: string } {
  return types.has('string') ? { hint: '$number(…) makes a number of a text; & joins texts' } : {};
}
