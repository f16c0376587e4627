import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readParameters } from '#cli/read-parameters.ts';
import { instantiateCommand, listTemplatesCommand, showTemplateCommand } from '#cli/templates.ts';
import { validateCommand } from '#cli/validate.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { placeholderFor } from '#definition/template/placeholder.ts';
import { type RecordingTerminal, recordingTerminal } from '#support/recording-terminal.ts';

let project = '';
let terminal: RecordingTerminal;

beforeEach(() => {
  terminal = recordingTerminal();
  project = mkdtempSync(join(tmpdir(), 'stepwright-templates-'));
  mkdirSync(join(project, 'templates'));
});

afterEach(() => rmSync(project, { recursive: true }));

const SITE = placeholderFor('site');

function write(name: string, version: string, more = ''): string {
  const file = join(project, 'templates', `${name}-${version}.yaml`);
  const text = `stepwright: 1
template: ${name}
version: ${version}
${more}parameters:
  required: [site]
  properties:
    site: { type: string, examples: [berlin] }
    zones: { type: [array, "null"], default: [], description: Which zones. }
    note: {}
workflow:
  name: visit
  version: 1.0.0
  # What it does.
  steps:
    - { id: a, set: { at: "${SITE}", zones: "${placeholderFor('zones')}", note: "${placeholderFor('note')}" } }
    - { id: b, command: lamp.blink, device: lamp }
`;
  writeFileSync(file, text);
  return file;
}

const lines = () => terminal.printed.join('\n').split('\n');
const make = (name: string, values: readonly string[], out?: string) =>
  instantiateCommand(name, { project, with: values, ...(out === undefined ? {} : { out }) }, terminal);

describe('templates list', () => {
  test('lists the templates of a project, the highest version first', async () => {
    for (const version of ['1.0.0', '1.10.0', '1.9.0']) write('tour', version);
    write('audit', '1.0.0', 'description: Looks around.\n');
    writeFileSync(join(project, 'templates', 'broken.yaml'), 'template: broken\n');
    await listTemplatesCommand({ project }, terminal);
    expect(lines()).toEqual([
      'TEMPLATE  VERSION  FOR',
      'audit     1.0.0    Looks around.',
      'tour      1.10.0',
      'tour      1.9.0',
      'tour      1.0.0',
    ]);
  });

  test('says that there are none', async () => {
    await listTemplatesCommand({ project }, terminal);
    expect(terminal.printed).toEqual([`no templates in ${project}`]);
  });

  test('--json has their files', async () => {
    const file = write('tour', '1.0.0');
    terminal = recordingTerminal({ json: true });
    await listTemplatesCommand({ project }, terminal);
    expect(JSON.parse(terminal.printed.join(''))).toEqual({
      templates: [{ name: 'tour', version: '1.0.0', file }],
    });
  });
});

describe('templates show', () => {
  test('tells what a template is for, and what it takes', async () => {
    const file = write('tour', '1.0.0', 'description: Visits a site.\n');
    await showTemplateCommand('tour', { project }, terminal);
    expect(lines()).toEqual([
      `tour 1.0.0 ${file}`,
      'Visits a site.',
      '',
      'PARAMETER  TYPE           DEFAULT',
      'site       string         required',
      'zones      array or null  []        Which zones.',
      'note       any',
    ]);
  });

  test('tells that it takes nothing', async () => {
    const file = join(project, 'templates', 'fixed.yaml');
    writeFileSync(file, 'stepwright: 1\ntemplate: fixed\nversion: 1.0.0\nworkflow: {}\n');
    await showTemplateCommand(file, { project: '.' }, terminal);
    expect(lines()).toEqual([`fixed 1.0.0 ${file}`, '', 'no parameters']);
  });

  test('--json has the whole of it', async () => {
    write('tour', '1.0.0');
    terminal = recordingTerminal({ json: true });
    await showTemplateCommand('tour@1.0.0', { project }, terminal);
    expect(JSON.parse(terminal.printed.join(''))).toMatchObject({
      name: 'tour',
      parameters: { required: ['site'] },
      workflow: { stepwright: 1, name: 'visit' },
    });
  });

  test.each([
    ['tuor', 'did you mean "tour"?'],
    ['tour@^2', 'there are tour@1.1.0, tour@1.0.0'],
    ['something', '"stepwright templates list --project DIR" lists those of a project'],
  ])('refuses %s', async (name, hint) => {
    write('tour', '1.0.0');
    write('tour', '1.1.0');
    await expect(showTemplateCommand(name, { project }, terminal)).rejects.toMatchObject({
      code: 'SW3025',
      hint,
    });
  });

  test('refuses a file that is no template', async () => {
    const file = join(project, 'plain.yaml');
    writeFileSync(file, 'stepwright: 1\n');
    await expect(showTemplateCommand(file, { project }, terminal)).rejects.toMatchObject({
      message: 'plain.yaml is no template',
    });
  });
});

describe('templates instantiate', () => {
  test('prints the workflow with the comments of the template', async () => {
    write('tour', '1.0.0');
    write('tour', '1.2.0');
    await make('tour@^1', ['site=paris']);
    const head = ['# Made of the template tour 1.2.0.', '', 'stepwright: 1', 'name: visit', 'version: 1.0.0'];
    expect(lines().slice(0, 5)).toEqual(head);
    expect(lines()).toContain('# What it does.');
    expect(terminal.noted.join('\n')).toContain('info[SW1402]');
  });

  test('writes a file', async () => {
    write('tour', '1.0.0');
    const out = join(project, 'visit.yaml');
    expect(await make('tour', ['site=paris', 'note=1'], out)).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('note: 1');
    expect(terminal.printed).toEqual([]);
  });

  test('--json has the workflow', async () => {
    write('tour', '1.0.0');
    terminal = recordingTerminal({ json: true });
    await make('tour', ['site=paris']);
    await make('tour', ['site=paris'], join(project, 'visit.yaml'));
    const [printed, written] = terminal.printed.map((text) => JSON.parse(text));
    expect(printed).toMatchObject({ workflow: { name: 'visit' }, text: expect.stringContaining('paris') });
    expect(written).toMatchObject({ workflow: { name: 'visit' }, file: join(project, 'visit.yaml') });
  });

  test('refuses parameters that do not fit', async () => {
    write('tour', '1.0.0');
    await expect(make('tour', [])).rejects.toMatchObject({ code: 'SW4009' });
  });

  test('tells what is wrong with the workflow at its place in the template', async () => {
    const file = write('tour', '1.0.0');
    await expect(make('tour', ['site={% $x %}'])).rejects.toThrow('the definition has errors');
    expect(terminal.noted.join('\n')).toContain(`${file}:15:28 error[SW1804]`);
  });
});

describe('--with', () => {
  const properties = { site: { type: 'string' }, share: { type: 'integer' }, zones: {} };
  const read = (...given: string[]) => readParameters(given, { properties });

  test.each<[string[], Json]>([
    [[], {}],
    [['site=berlin'], { site: 'berlin' }],
    [['site=1.0'], { site: '1.0' }],
    [['site=a=b\nc'], { site: 'a=b\nc' }],
    [['share=10'], { share: 10 }],
    [['share=ten'], { share: 'ten' }],
    [['zones=["a"]', 'share=1', 'share=2'], { zones: ['a'], share: 2 }],
    [['unknown=true'], { unknown: true }],
    [['site='], { site: '' }],
  ])('%j gives %j', async (given, values) => {
    expect(await read(...given)).toEqual(values);
  });

  test('@file gives all that a file has, and what comes later counts', async () => {
    const file = join(project, 'values.yaml');
    writeFileSync(file, 'site: berlin\nshare: 3\n');
    const values: JsonObject = { site: 'paris', share: 3 };
    expect(await read(`@${file}`, 'site=paris')).toEqual(values);
  });

  test.each([
    ['berlin', 'SW3026'],
    ['=berlin', 'SW3026'],
    ['@missing.json', 'SW3020'],
  ])('%s is refused', async (text, code) => {
    await expect(read(text)).rejects.toMatchObject({ code });
  });

  test('a file with a list is refused', async () => {
    const file = join(project, 'list.json');
    writeFileSync(file, '[1]');
    await expect(read(`@${file}`)).rejects.toMatchObject({ code: 'SW3026' });
  });
});

test('validate holds the machine of what a template makes against what Step Functions takes', async () => {
  const file = join(project, 'templates', 'lost.yaml');
  const state = '{ Type: Parallel, Branches: [{ StartAt: a, States: { a: { Type: Pass, Next: b } } }] }';
  const workflow = `workflow:\n  name: lost\n  version: 1.0.0\n  steps: [{ id: raw, asl: ${state} }]\n`;
  writeFileSync(file, `stepwright: 1\ntemplate: lost\nversion: 1.0.0\n${workflow}`);
  expect(await validateCommand({ paths: [file] }, terminal)).toBe(2);
  expect(terminal.printed.join('\n')).toContain('lost.yaml:7:');
  expect(terminal.printed.join('\n')).toContain('error[SW1704]');
});
