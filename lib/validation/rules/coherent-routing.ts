import type { DocumentPath } from '#definition/document-path.ts';
import type { Alternative, Routing } from '#definition/step-parts.ts';
import type { Rule } from '../rule.ts';

/** The parts of `on` go together. */
export const coherentRouting: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'command' || step.on === undefined) return;
    for (const { at, message, hint, isAbsent } of faultsOf(step.on)) {
      const place = [...path, 'on', ...at];
      const violation = { code: 'SW1412', message, hint } as const;
      if (isAbsent) report.at(place, violation);
      else report.atKey(place, violation);
    }
  },
};

interface Fault {
  readonly at: DocumentPath;
  readonly message: string;
  readonly hint: string;
  /** Whether something is missing there. */
  readonly isAbsent: boolean;
}

function faultsOf(on: Routing): Fault[] {
  return [
    ...strategyFaults(on, { field: 'key', strategy: 'sticky' }),
    ...strategyFaults(on, { field: 'weight', strategy: 'weighted' }),
    ...placeFaults(on, []),
    ...on.fallback.flatMap((each, index) => [
      ...placeFaults(each, ['fallback', index]),
      ...deviceFaults(each, { on, index }),
    ]),
  ];
}

interface Belonging {
  readonly field: 'key' | 'weight';
  readonly strategy: Routing['strategy'];
}

function strategyFaults(on: Routing, { field, strategy }: Belonging): Fault[] {
  const isThere = on[field] !== undefined;
  const isNeeded = on.strategy === strategy;
  if (isThere === isNeeded) return [];
  if (isNeeded) {
    const message = `the strategy "${strategy}" goes by \`${field}\`, which is missing`;
    return [{ at: ['strategy'], message, hint: `give \`${field}\`, or another strategy`, isAbsent: true }];
  }
  const message = `\`${field}\` belongs to the strategy "${strategy}", and this is "${on.strategy}"`;
  return [
    { at: [field], message, hint: `take it away, or make it \`strategy: ${strategy}\``, isAbsent: false },
  ];
}

function placeFaults({ zone, near }: Pick<Routing, 'zone' | 'near'>, at: DocumentPath): Fault[] {
  if (zone === undefined || near === undefined) return [];
  const message = '`near` cannot stand beside `zone`';
  const hint = '`zone` keeps to a zone; `near` goes outwards from it: take one away';
  return [{ at: [...at, 'near'], message, hint, isAbsent: false }];
}

function deviceFaults(
  each: Alternative,
  { on, index }: { readonly on: Routing; readonly index: number },
): Fault[] {
  const { device } = each;
  if (device === undefined) return [];
  const at = ['fallback', index];
  const [wish] = (['requires', 'zone', 'near', 'tags', 'where'] as const).filter(
    (field) => each[field] !== undefined,
  );
  const isExcluded = Array.isArray(on.exclude) && on.exclude.includes(device);
  return [
    ...(wish === undefined
      ? []
      : [
          {
            at: [...at, wish],
            message: `\`${wish}\` is asked of no device beside \`device\``,
            hint: 'take one of them away',
            isAbsent: false,
          },
        ]),
    ...(isExcluded
      ? [
          {
            at: [...at, 'device'],
            message: `"${device}" is excluded, and so never chosen`,
            hint: 'take it out of `exclude`, or take the alternative away',
            isAbsent: true,
          },
        ]
      : []),
  ];
}
