import type { Severity } from '#core/diagnostic.ts';

/** What a code stands for. */
export interface CodeMeaning {
  /** Severity of its diagnostics. Rules do not decide it: this table is the policy. */
  readonly severity: Severity;
  readonly title: string;
}

/** Every code that a file of an author can be given, in the order of its page in docs/errors. */
export const CODES = {
  SW1000: { severity: 'error', title: 'the file cannot be read' },
  SW1001: { severity: 'error', title: 'the file is no YAML' },
  SW1002: { severity: 'error', title: 'the file is too long' },
  SW1003: { severity: 'error', title: 'the document is nested too deeply' },
  SW1004: { severity: 'error', title: 'the aliases stand for too much' },
  SW1005: { severity: 'error', title: 'the file is empty' },
  SW1006: { severity: 'error', title: 'a key stands twice in a map' },
  SW1101: { severity: 'error', title: 'a key is unknown' },
  SW1102: { severity: 'error', title: 'a key is missing' },
  SW1103: { severity: 'error', title: 'a value is not what belongs there' },
  SW1104: { severity: 'error', title: 'a step is of no known kind' },
  SW1105: { severity: 'error', title: 'a step is of several kinds' },
  SW1106: { severity: 'error', title: 'a part of the language comes in a later release' },
  SW1107: { severity: 'error', title: 'a JSON Schema is not valid' },
  SW1108: { severity: 'error', title: 'a version is no semantic version' },
  SW1109: { severity: 'error', title: 'a range of versions is none' },
  SW1110: { severity: 'error', title: 'a workflow has too many steps' },
  SW1111: { severity: 'error', title: 'a raw state has not what it takes' },
  SW1112: { severity: 'warning', title: 'a secret stands in plain text' },
  SW1201: { severity: 'error', title: 'two steps have the same id' },
  SW1202: { severity: 'error', title: 'a name is taken' },
  SW1203: { severity: 'error', title: '`needs` names no step' },
  SW1204: { severity: 'error', title: '`needs` names a step of another list' },
  SW1205: { severity: 'error', title: 'an expression reads an unknown name' },
  SW1206: { severity: 'error', title: 'an expression reads a step that need not have finished' },
  SW1207: { severity: 'error', title: 'an expression reads a step of an iteration from outside' },
  SW1208: { severity: 'error', title: 'a name is not known at this place' },
  SW1209: { severity: 'error', title: 'an expression reads a field that does not exist' },
  SW1210: { severity: 'warning', title: 'an expression reads a field that a result does not declare' },
  SW1211: { severity: 'warning', title: 'the name of an error looks misspelt' },
  SW1212: { severity: 'error', title: 'two files have the same workflow in the same version' },
  SW1301: { severity: 'error', title: 'an expression does not parse' },
  SW1302: { severity: 'error', title: 'an expression calls an unknown function' },
  SW1303: { severity: 'error', title: 'the id of a step hides a function' },
  SW1304: { severity: 'error', title: 'a name lacks its $' },
  SW1305: { severity: 'warning', title: 'an expression inside a text is not evaluated' },
  SW1306: { severity: 'error', title: 'an operator cannot take a value of this type' },
  SW1307: { severity: 'error', title: 'an expression gives a value of the wrong type' },
  SW1401: { severity: 'error', title: 'a command is not in the catalogue' },
  SW1402: { severity: 'info', title: 'there is no catalogue' },
  SW1403: { severity: 'error', title: 'an argument is missing' },
  SW1404: { severity: 'error', title: 'an argument is unknown' },
  SW1405: { severity: 'error', title: 'an argument does not fit the command' },
  SW1406: { severity: 'error', title: 'a command is in the catalogue twice' },
  SW1407: { severity: 'error', title: 'a workflow that is called does not exist' },
  SW1408: { severity: 'error', title: 'a workflow that is called has no such version' },
  SW1409: { severity: 'error', title: 'a pool does not exist' },
  SW1410: { severity: 'error', title: 'a pool has not so many units' },
  SW1501: { severity: 'error', title: 'steps wait for each other' },
  SW1502: { severity: 'error', title: 'a step is never reached' },
  SW1503: { severity: 'warning', title: 'a branch is never taken' },
  SW1504: { severity: 'warning', title: 'a clause of `catch` is never reached' },
  SW1505: { severity: 'warning', title: 'a need is never met' },
  SW1511: { severity: 'warning', title: 'an execution may outgrow its history' },
  SW1512: { severity: 'info', title: 'more iterations at once than Step Functions runs' },
  SW1513: { severity: 'warning', title: 'a workflow waits longer than its timeout' },
  SW1521: { severity: 'error', title: 'a loop may run for ever' },
  SW1522: { severity: 'error', title: 'waves do not reach every item' },
  SW1523: { severity: 'warning', title: 'a wave has no items left' },
  SW1601: { severity: 'error', title: 'a step before the point of no return cannot be undone' },
  SW1602: { severity: 'warning', title: 'a command that needs no undo has one' },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

/** A code of {@link CODES}. */
export type Code = keyof typeof CODES;
